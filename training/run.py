"""A training run from rows to a candidate model, with the figures of its held-back rows."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from training import metrics
from training.fit import GAIN, Fitted, held_rows
from training.models import save
from training.prepare import Material


def train(material: Material, models: Path, search: bool = False) -> tuple[str, dict[str, Any]]:
    """Train, measure on held-back rows, save a candidate; returns its version and the figures.

    Raises
    ------
    DataError
        There is too little to learn from.
    """
    fitted = material.fit(search)
    figures = held_figures(fitted, material.frame)
    return save(models, fitted, material.frame, figures, material.sources), figures


def held_figures(fitted: Fitted, frame: pd.DataFrame) -> dict[str, Any]:
    """Figures of each question on the rows that were held back, by the heads alone (without danger rules)."""
    figures: dict[str, Any] = {}
    for question, head in fitted.heads.items():
        held = fitted.out_of_fold[question]
        rows = held_rows(held)
        probabilities = head.probabilities(held[rows])
        gold = frame[question].to_numpy()[rows]
        predicted = np.asarray(head.keys)[probabilities.argmax(axis=1)]
        figures[question] = metrics.question_figures(gold.tolist(), predicted.tolist()) | {
            "calibration": metrics.calibration(predicted == gold, probabilities.max(axis=1))
        }
        if question in fitted.archive_gain:
            figures[question]["archive_gain"] = fitted.archive_gain[question]
    return figures


def as_text(figures: dict[str, Any]) -> str:
    """One line a question, and what the archive did."""
    lines = [
        f"{question}: {f['rows']} rows held back, accuracy {f['accuracy']:.3f}, macro-F1 {f['macro_f1']:.3f}, "
        f"calibration error {f['calibration']['expected_error']:.3f}"
        for question, f in figures.items()
    ]
    for question, f in figures.items():
        if "archive_gain" in f:
            used = "used" if f["archive_gain"] >= GAIN else f"left out, it must gain {GAIN}"
            lines.append(f"{question}: the unlabelled archive adds {f['archive_gain']:+.4f} to held-back rows; {used}")
    return "\n".join(lines)
