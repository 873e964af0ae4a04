"""Figures of right and wrong, computed from labels and probabilities. Pure functions, no files."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_recall_fscore_support

PRESSING = ("darurat", "tinggi")
"""The urgencies for which somebody must move within days."""

CALIBRATION_BINS = 10


def question_figures(gold: Sequence[str], predicted: Sequence[str]) -> dict[str, Any]:
    """Accuracy, macro- and weighted F1, figures per class and the largest confusions of one question."""
    keys = sorted(set(gold) | set(predicted))
    precision, recall, f1, support = precision_recall_fscore_support(gold, predicted, labels=keys, zero_division=0)
    return {
        "rows": len(gold),
        "accuracy": accuracy_score(gold, predicted),
        "macro_f1": f1_score(gold, predicted, average="macro", zero_division=0),
        "weighted_f1": f1_score(gold, predicted, average="weighted", zero_division=0),
        "classes": {
            key: {
                "precision": float(precision[i]),
                "recall": float(recall[i]),
                "f1": float(f1[i]),
                "rows": int(support[i]),
            }
            for i, key in enumerate(keys)
        },
        "confusion": confusions(gold, predicted, keys),
    }


def confusions(gold: Sequence[str], predicted: Sequence[str], keys: Sequence[str]) -> list[dict[str, Any]]:
    """Every pair of labels taken for one another, the most frequent first."""
    counts = confusion_matrix(gold, predicted, labels=keys)
    pairs = [
        {"gold": keys[i], "predicted": keys[j], "rows": int(counts[i, j])}
        for i in range(len(keys))
        for j in range(len(keys))
        if i != j and counts[i, j]
    ]
    return sorted(pairs, key=lambda pair: (-pair["rows"], pair["gold"], pair["predicted"]))


def pressing_figures(gold: Sequence[str], predicted: Sequence[str]) -> dict[str, float]:
    """Recall and precision of the pressing messages, and the share of ``darurat`` called pressing."""
    wanted, called = np.isin(gold, PRESSING), np.isin(predicted, PRESSING)
    worst = np.asarray(gold) == "darurat"
    both = float((wanted & called).sum())
    return {
        "recall": both / max(int(wanted.sum()), 1),
        "precision": both / max(int(called.sum()), 1),
        "darurat_called_pressing": float(called[worst].mean()) if worst.any() else 1.0,
    }


def calibration(right: NDArray[np.bool_], scores: NDArray[np.float64]) -> dict[str, Any]:
    """Expected calibration error (Guo et al. 2017) over ten equal bins, and the bins.

    >>> calibration(np.array([True, False]), np.array([0.95, 0.05]))["expected_error"]
    0.05
    """
    bins = np.minimum((scores * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    table = []
    error = 0.0
    for i in range(CALIBRATION_BINS):
        mine = bins == i
        if mine.any():
            accuracy, confidence = float(right[mine].mean()), float(scores[mine].mean())
            error += abs(accuracy - confidence) * float(mine.mean())
            table.append(
                {"from": i / CALIBRATION_BINS, "rows": int(mine.sum()), "score": confidence, "accuracy": accuracy}
            )
    return {"expected_error": round(error, 6), "bins": table}


def coverage_curve(right: NDArray[np.bool_], scores: NDArray[np.float64]) -> list[dict[str, float]]:
    """Accuracy among the surest share of the rows, for shares of 10 % to 100 %."""
    sorted_right = right[np.argsort(-scores, kind="stable")]
    curve = []
    for tenth in range(1, 11):
        rows = max(1, round(len(right) * tenth / 10))
        curve.append({"share": tenth / 10, "accuracy": float(sorted_right[:rows].mean())})
    return curve
