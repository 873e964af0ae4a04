"""Held-back rows: groups stay together, and no model is measured on its past."""

import numpy as np

from training.splits import DATED_ROWS, find_twins, splits


def test_undated_rows_are_tested_once_and_groups_stay_together() -> None:
    groups = np.arange(100) // 3
    tested = []
    for train, test in splits(groups.tolist()):
        assert not set(groups[train]) & set(groups[test])
        tested += test.tolist()
    assert sorted(tested) == list(range(100))


def test_dated_rows_are_measured_on_their_future_only() -> None:
    rows = 2 * DATED_ROWS
    dates = ["" if i % 4 == 0 else f"2024-{1 + i % 12:02}-{1 + i % 28:02}" for i in range(rows)]
    dated = {i for i in range(rows) if dates[i]}
    tested: list[int] = []
    for train, test in splits(list(range(rows)), dates):
        tested += test.tolist()
        if dates[test[0]]:
            earliest = min(dates[i] for i in test)
            assert all(dates[i] < earliest for i in train if dates[i])
    assert sorted(set(tested) - dated) == [i for i in range(rows) if not dates[i]]
    assert len(set(tested) & dated) == len(dated) - len(dated) // 2
    assert len(tested) == len(set(tested))


def test_near_duplicates_are_twins_and_kept_apart() -> None:
    texts = ["Lampu jalan di Gang 3 mati total", "Sampah menumpuk", "lampu jalan di Gang 3 mati total!!", "Air keruh"]
    twins = find_twins(texts * 3)
    assert twins.tolist() == [0, 1, 0, 2] * 3
    for train, test in splits([0, 1, 2, 3] * 3, twins=twins.tolist()):
        assert not set(twins[train]) & set(twins[test])
