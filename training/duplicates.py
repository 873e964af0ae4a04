"""Messages that are nearly the same: found by the character n-grams that they share."""

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

BLOCK = 500
"""Rows compared at a time; bounds memory at ``BLOCK`` times the number of texts."""


def near_duplicates(texts: Sequence[str], above: float = 0.8) -> list[tuple[int, int, float]]:
    """Pairs ``(i, j, similarity)``, ``i < j``, whose cosine over character 4-grams inside words is over ``above``.

    >>> near_duplicates(["lampu jalan mati di gang", "lampu jalan mati di gang!", "sampah menumpuk"])
    [(0, 1, 1.0)]
    """
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(4, 4), use_idf=False, dtype=np.float32)
    plain = [" ".join(_letters(text).split()) or "-" for text in texts]
    matrix = vectorizer.fit_transform(plain)
    columns = matrix.T.tocsr()
    pairs = []
    for start in range(0, len(texts), BLOCK):
        similar = (matrix[start : start + BLOCK] @ columns).tocoo()
        found = (similar.data > above) & (similar.col > similar.row + start)
        for i, j, value in zip(similar.row[found], similar.col[found], similar.data[found], strict=True):
            pairs.append((int(i) + start, int(j), round(float(value), 4)))
    return sorted(pairs)


def _letters(text: str) -> str:
    return "".join(c if c.isalnum() else " " for c in text.lower())
