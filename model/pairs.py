"""Pairs of neighbouring stems in whole batches: which are known, and what they add to the scores."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from model.scorer import ScorerTables, Scores

SIEVE_BITS = 20
"""Pairs are first looked for in a table of ``2 ** SIEVE_BITS`` flags; most unknown ones end there."""


class PairTable:
    """The known pairs as sorted numbers: ``first * stems + second``."""

    def __init__(self, tables: ScorerTables) -> None:
        seen = dict.fromkeys(stem for pair in tables.pairs for stem in pair.split())
        self._numbers = {stem: i for i, stem in enumerate(seen)}
        codes = np.array([self._code(*pair.split()) for pair in tables.pairs], dtype=np.int64)
        order = np.argsort(codes)
        self._codes = codes[order]
        self._rows = tables.pair_rows[order].astype(np.float64)
        self._sieve = np.zeros(1 << SIEVE_BITS, dtype=bool)
        self._sieve[_sifted(codes)] = True

    def number(self, stem: str) -> int:
        """The number of a stem, -1 where no pair has it."""
        return self._numbers.get(stem, -1)

    def sums(self, stems: NDArray[np.int64], ends: NDArray[np.int64]) -> Scores:
        """Sums of the pairs' rows, one a text: text ``i`` has the stem numbers ``stems[ends[i]:ends[i + 1]]``."""
        texts = len(ends) - 1
        if not len(self._codes):
            return np.zeros((texts, self._rows.shape[1]))
        codes = stems[:-1] * len(self._numbers) + stems[1:]
        possible = (stems[:-1] >= 0) & (stems[1:] >= 0)
        borders = ends[1:-1]
        possible[borders[(borders > 0) & (borders < len(stems))] - 1] = False
        places = np.flatnonzero(possible & self._sieve[_sifted(codes)])
        at = np.minimum(np.searchsorted(self._codes, codes[places]), len(self._codes) - 1)
        known = self._codes[at] == codes[places]
        places, at = places[known], at[known]
        text_of = np.searchsorted(ends, places, side="right") - 1
        counts = sp.csr_matrix((np.ones(len(at)), (text_of, at)), shape=(texts, len(self._codes)))
        return np.asarray(counts @ self._rows)

    def _code(self, first: str, second: str) -> int:
        return self._numbers[first] * len(self._numbers) + self._numbers[second]


def _sifted(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places in the sieve: the codes' digits mixed (Fibonacci hashing), then cut."""
    mixed = codes.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return np.asarray((mixed >> np.uint64(64 - SIEVE_BITS)).astype(np.int64))
