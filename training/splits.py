"""Which rows are held back to measure a model: what is written together stays together, and time runs forward.

Rows of one group (those that one batch of authors wrote) and near-duplicates of one another never stand on both
sides of a split. Rows with a date are only ever scored by a model that saw none of their future.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from training.duplicates import near_duplicates

FOLDS = 5
Split = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Row numbers to train on, row numbers to test on."""

DATED_ROWS = 200
"""Fewer dated rows are split like undated ones: their halves would be too small to say anything."""


def splits(
    groups: Sequence[int], dates: Sequence[str] | None = None, twins: Sequence[int] | None = None
) -> list[Split]:
    """Up to ten splits; each row is tested once, only the older half of the dated rows never.

    ``groups``, ``twins``: one number a row; rows that share either are never on both sides. Whole groups are held
    back together; twins of a tested row are only kept out of training. ``dates``: ISO dates, empty where unknown.
    Undated rows are split into ``FOLDS`` parts of whole groups. The newer half of the dated rows is cut into
    ``FOLDS`` stretches of time; each is tested on what is older, and on the undated rows.
    """
    group = np.asarray(groups)
    twin = np.asarray(twins if twins is not None else groups)
    date = np.asarray(dates if dates is not None else [""] * len(group), dtype=str)
    dated = np.flatnonzero(date != "")
    if len(dated) < DATED_ROWS:
        dated = dated[:0]
    every = np.arange(len(group))
    undated = np.setdiff1d(every, dated)
    parts = [(np.setdiff1d(every, test), test) for test in _folds(undated, group)]
    order = dated[np.argsort(date[dated], kind="stable")]
    stretches = np.array_split(order[len(order) // 2 :], FOLDS) if len(order) else []
    parts += [(np.concatenate([undated, order[date[order] < date[new[0]]]]), new) for new in stretches]
    made = []
    for train, test in parts:
        apart = ~np.isin(group[train], group[test]) & ~np.isin(twin[train], twin[test])
        made.append((np.sort(train[apart]), np.sort(test)))
    return made


def _folds(rows: NDArray[np.int64], group: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    parts = min(FOLDS, len(set(group[rows])))
    if parts < 2:
        return []
    return [rows[test] for _, test in GroupKFold(n_splits=parts).split(rows, groups=group[rows])]


def find_twins(texts: Sequence[str]) -> NDArray[np.int64]:
    """A number for each text; nearly equal ones (training.duplicates) have the same.

    >>> find_twins(["lampu mati", "sampah", "lampu mati!"]).tolist()
    [0, 1, 0]
    """
    parent = list(range(len(texts)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for one, other, _ in near_duplicates(texts):
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return np.asarray(pd.factorize(np.array([root(row) for row in range(len(texts))]))[0], dtype=np.int64)
