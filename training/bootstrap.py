"""How far figures may be off because the test rows are few: intervals by resampling the rows."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ROUNDS = 1000
INSIDE = (2.5, 97.5)
"""Percentiles: of a hundred other samples 95 would give a figure inside."""

Interval = tuple[float, float]


def intervals(gold: Sequence[str], predicted: Sequence[str]) -> dict[str, Interval]:
    """95 % intervals of accuracy and macro-F1 (percentile bootstrap, Efron 1979), always the same for the same rows.

    >>> intervals(["a"] * 50 + ["b"] * 50, ["a"] * 100)["accuracy"]
    (0.4, 0.6)
    """
    keys = sorted(set(gold) | set(predicted))
    index = {key: i for i, key in enumerate(keys)}
    cells = np.array([index[a] * len(keys) + index[b] for a, b in zip(gold, predicted, strict=True)])
    draw = np.random.default_rng(0)
    figures = np.empty((ROUNDS, 2))
    for i in range(ROUNDS):
        sample = cells[draw.integers(0, len(cells), len(cells))]
        counts = np.bincount(sample, minlength=len(keys) ** 2).reshape(len(keys), len(keys))
        figures[i] = np.trace(counts) / len(cells), macro_f1(counts)
    low, high = np.percentile(figures, INSIDE, axis=0).round(4)
    return {name: (float(low[i]), float(high[i])) for i, name in enumerate(("accuracy", "macro_f1"))}


def macro_f1(counts: NDArray[np.int64]) -> float:
    """Mean F1 over the labels that occur as right or given; ``counts``: right labels by given labels."""
    both = counts.sum(axis=0) + counts.sum(axis=1)
    met = both > 0
    return float((2 * np.diag(counts)[met] / both[met]).mean())
