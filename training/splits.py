"""Which rows are held back to measure a model: what is written together stays together, and time runs forward.

Rows of one group (a batch of authors, near-duplicates of one another) never stand on both sides of a split. Rows
with a date are only ever scored by a model that saw none of their future.
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


def splits(groups: Sequence[int], dates: Sequence[str] | None = None) -> list[Split]:
    """Up to ten splits; each row is tested once, only the older half of the dated rows never.

    ``groups``: one number a row. ``dates``: ISO dates, empty where unknown. Undated rows are split into
    ``FOLDS`` parts of whole groups. The newer half of the dated rows is cut into ``FOLDS`` stretches of time; each
    is tested on what is older, and on the undated rows, but for members of a tested group.
    """
    group = np.asarray(groups)
    date = np.asarray(dates if dates is not None else [""] * len(group), dtype=str)
    dated = np.flatnonzero(date != "")
    if len(dated) < DATED_ROWS:
        dated = dated[:0]
    undated = np.setdiff1d(np.arange(len(group)), dated)
    made = [_without_group(np.setdiff1d(np.arange(len(group)), test), test, group) for test in _folds(undated, group)]
    order = dated[np.argsort(date[dated], kind="stable")]
    for stretch in np.array_split(order[len(order) // 2 :], FOLDS) if len(order) else []:
        older = order[date[order] < date[stretch[0]]]
        made.append(_without_group(np.concatenate([undated, older]), stretch, group))
    return made


def _folds(rows: NDArray[np.int64], group: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    parts = min(FOLDS, len(set(group[rows])))
    if parts < 2:
        return []
    return [rows[test] for _, test in GroupKFold(n_splits=parts).split(rows, groups=group[rows])]


def _without_group(train: NDArray[np.int64], test: NDArray[np.int64], group: NDArray[np.int64]) -> Split:
    return np.sort(train[~np.isin(group[train], group[test])]), np.sort(test)


def group_rows(frame: pd.DataFrame) -> NDArray[np.int64]:
    """A group number for each row of ``frame`` (``text``, ``batch``): one batch, or nearly the same text.

    >>> group_rows(pd.DataFrame({"text": ["lampu mati", "lampu mati!", "sampah"], "batch": ["a", "b", "c"]})).tolist()
    [0, 0, 1]
    """
    parent = list(range(len(frame)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    first: dict[str, int] = {}
    pairs = [(first.setdefault(batch, row), row) for row, batch in enumerate(frame["batch"])]
    for one, other, _ in near_duplicates(frame["text"].tolist()):
        pairs.append((one, other))
    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return np.asarray(pd.factorize(np.array([root(row) for row in range(len(frame))]))[0], dtype=np.int64)
