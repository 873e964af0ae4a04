"""Words to numbers, in a form whose scores are a sum over words.

Features are the stem of a word and the character n-grams that stay inside it. The row scaling is one number a text.
So a linear model's score of a text is the sum of one row a word, which model.scorer looks up instead of computing.
Only training needs this module, and scikit-learn.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer

from model.scorer import CHARACTER_LENGTHS, scaling

CHARACTER_WEIGHT = 0.45
"""Weight of the character n-grams against the stems, which have 1."""

FEW_DOCUMENTS = 300
"""With fewer, every n-gram is kept; with more, those that three documents have."""


@dataclass(frozen=True, slots=True)
class Document:
    """One message as the features see it: unstemmed words, and their stems in the same order."""

    words: list[str]
    stems: list[str]


@dataclass(frozen=True, slots=True)
class Vectorizers:
    """Fitted scikit-learn vectorisers: over stems, and over characters inside the unstemmed words."""

    stems: TfidfVectorizer
    characters: TfidfVectorizer

    def transform(self, documents: Sequence[Document]) -> sp.csr_matrix:
        """Feature rows, shape ``(documents, stems + character n-grams)``, weighted and scaled."""
        stems = self.stems.transform(" ".join(d.stems) for d in documents)
        characters = self.characters.transform(" ".join(d.words) for d in documents)
        return _joined(stems, characters, documents)


def fit_vectorizers(documents: Sequence[Document], least: int = 1) -> tuple[Vectorizers, sp.csr_matrix]:
    """Learn vocabulary and inverse document frequencies; gives too what ``transform`` makes of the documents.

    ``least``: how many documents a stem must be in.
    """
    few = 3 if len(documents) >= FEW_DOCUMENTS else 1
    stems = TfidfVectorizer(token_pattern=r"\S+", lowercase=False, norm=None, min_df=least)
    characters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=CHARACTER_LENGTHS, lowercase=False, norm=None, min_df=few
    )
    of_stems = stems.fit_transform(" ".join(d.stems) for d in documents)
    of_characters = characters.fit_transform(" ".join(d.words) for d in documents)
    return Vectorizers(stems, characters), _joined(of_stems, of_characters, documents)


def _joined(stems: sp.csr_matrix, characters: sp.csr_matrix, documents: Sequence[Document]) -> sp.csr_matrix:
    lengths = np.array([len(d.words) for d in documents])
    return sp.csr_matrix(sp.diags(scaling(lengths)) @ sp.hstack([stems, characters * CHARACTER_WEIGHT]))
