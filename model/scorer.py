"""The compiled scorer: a text's scores as a sum of one dense row a word.

The features of model.features are functions of words, so all that a linear model has learned can be folded into rows:
for each stem and character n-gram the coefficients of every question side by side, times the inverse document
frequency. The row of a word that training saw is folded ahead; any other word's row is put
together once from its stem and its n-grams and kept in a bounded memo. The scores equal scikit-learn's
``decision_function`` to 1e-5. Neither scikit-learn nor a pickle is needed here.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from model.stemming import NEW_WORDS, WordStemmer

CHARACTER_LENGTHS = (3, 5)
"""Shortest and longest character n-gram; a word is padded with one space on either side first."""

MEMO_ROWS = 50_000
"""Rows kept for words that training did not see, 6 MB; past that the memo starts anew."""

Rows = NDArray[np.float32]
Scores = NDArray[np.float64]


SCALE = 0.1
"""Brings rows to a length of about 1, for which the regularisation of the heads was chosen."""


def scaling(lengths: NDArray[np.int64]) -> Scores:
    """Row factor of texts with so many words: ``SCALE / sqrt(n)``; of none, ``SCALE``."""
    return SCALE / np.sqrt(np.maximum(lengths, 1))


def character_ngrams(word: str) -> list[str]:
    """The n-grams that scikit-learn's ``char_wb`` analyser makes of one word, in its order.

    >>> character_ngrams("air")
    [' ai', 'air', 'ir ', ' air', 'air ', ' air ']
    """
    padded = f" {word} "
    shortest, longest = CHARACTER_LENGTHS
    found: list[str] = []
    for length in range(shortest, longest + 1):
        found.extend(padded[i : i + length] for i in range(max(1, len(padded) - length + 1)))
        if length >= len(padded):
            break
    return found


@dataclass(frozen=True, slots=True)
class ScorerTables:
    """What a trained linear model says of each stem, n-gram and known word.

    ``*_rows`` have shape ``(len(names), columns)``; ``intercepts`` has shape ``(columns,)``. The columns of the
    questions lie side by side.
    """

    stems: list[str]
    stem_rows: Rows
    ngrams: list[str]
    ngram_rows: Rows
    words: list[str]
    word_rows: Rows
    intercepts: Scores


class Scorer:
    """Scores of texts that are given as unstemmed words."""

    def __init__(self, tables: ScorerTables, stemmer: WordStemmer) -> None:
        self.tables = tables
        self.stemmer = stemmer
        self._stem_index = _index(tables.stems)
        self._ngram_index = _index(tables.ngrams)
        self._lock = Lock()
        self._memo = _Memo(tables)

    @property
    def columns(self) -> int:
        """How many score columns there are, over all questions."""
        return len(self.tables.intercepts)

    def rows(self, words: Sequence[str]) -> Rows:
        """One row a word, shape ``(words, columns)``, unscaled and without the intercepts."""
        memo = self._memo
        found = [memo.index.get(word, -1) for word in words]
        if len(words) > NEW_WORDS or -1 in found:
            return self._rows_with_new(words)
        return memo.rows.take(found, axis=0)

    def sum(self, rows: Rows) -> Scores:
        """The decision scores of one text from its words' rows, shape ``(columns,)``."""
        total: Scores = np.add.reduce(rows, axis=0, dtype=np.float64)
        return total * (SCALE / math.sqrt(max(len(rows), 1))) + self.tables.intercepts

    def knows(self, word: str) -> bool:
        """Whether training saw this word."""
        return self._memo.index.get(word, self._memo.known) < self._memo.known

    def new_row(self, word: str) -> Rows:
        """The row of a word that training did not see; stems it."""
        return self.row_of(word, self.stemmer.stem(word))

    def row_of(self, word: str, stem: str) -> Rows:
        """The row of any word, put together from its stem and its character n-grams."""
        tables = self.tables
        row = np.zeros(self.columns)
        if (at := self._stem_index.get(stem)) is not None:
            row += tables.stem_rows[at]
        found = [i for n in character_ngrams(word) if (i := self._ngram_index.get(n)) is not None]
        if found:
            row += tables.ngram_rows[found].sum(axis=0, dtype=np.float64)
        return row.astype(np.float32)

    def _rows_with_new(self, words: Sequence[str]) -> Rows:
        """Rows where some words are new: a text may bring ``NEW_WORDS`` that get stemmed."""
        with self._lock:
            if self._memo.is_full(len(words)):
                self._memo = _Memo(self.tables)
            memo = self._memo
            new: set[str] = set()
            rows = np.empty((len(words), self.columns), dtype=np.float32)
            for i, word in enumerate(words):
                at = memo.index.get(word)
                if at is None or at >= memo.known:
                    new.add(word)
                    if len(new) > NEW_WORDS:
                        rows[i] = self.row_of(word, word)
                        continue
                if at is None:
                    at = memo.add(word, self.new_row(word))
                rows[i] = memo.rows[at]
            return rows


class _Memo:
    """Word to row: the known words first, then room for ``MEMO_ROWS`` new ones."""

    def __init__(self, tables: ScorerTables) -> None:
        self.known = len(tables.words)
        self.index = _index(tables.words)
        self.rows = np.empty((self.known + MEMO_ROWS, len(tables.intercepts)), dtype=np.float32)
        self.rows[: self.known] = tables.word_rows

    def is_full(self, more: int) -> bool:
        return len(self.index) + more > len(self.rows)

    def add(self, word: str, row: Rows) -> int:
        at = len(self.index)
        self.rows[at] = row
        self.index[word] = at
        return at


def _index(names: Sequence[str]) -> dict[str, int]:
    return {name: i for i, name in enumerate(names)}


def fold_words(tables: ScorerTables, stems: Mapping[str, str]) -> ScorerTables:
    """The tables with a row for each word of ``stems`` (word to stem) folded ahead."""
    scorer = Scorer(tables, WordStemmer(known=stems))
    words = sorted(stems)
    rows = np.array([scorer.row_of(word, stems[word]) for word in words], dtype=np.float32)
    return replace(tables, words=words, word_rows=rows)
