"""A model measured on labelled complaints."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from model.classifier import Classifier
from model.prediction import QUESTIONS, Prediction
from training import metrics
from training.errors import DataError


def evaluate(classifier: Classifier, frame: pd.DataFrame, columns: dict[str, str]) -> dict[str, Any]:
    """Figures of every question for which ``columns`` names a column of right labels.

    ``frame`` has a column ``text``. Empty labels are left out of that question's figures.

    Raises
    ------
    DataError
        A label is not one the model can give.
    """
    predictions = classifier.predict_many(frame["text"].tolist())
    figures: dict[str, Any] = {"model_version": classifier.version, "rows": len(frame)}
    for question, column in columns.items():
        check_labels(frame, column, classifier.heads[question].keys)
        figures[question] = _question(frame[column].tolist(), predictions, question)
    return figures


def check_labels(frame: pd.DataFrame, column: str, keys: Sequence[str]) -> None:
    """Raise DataError with row and remedy where a label is neither empty nor one of the keys."""
    for row, label in enumerate(frame[column], start=2):
        if label and label not in keys:
            raise DataError(f"row {row}, column {column}: unknown label {label!r}; use one of {', '.join(keys)}")


def label_columns(frame: pd.DataFrame) -> dict[str, str]:
    """Which column holds the right labels of each question: ``gold_QUESTION``, else ``QUESTION``."""
    found = {}
    for question in QUESTIONS:
        for column in (f"gold_{question}", question):
            if column in frame.columns:
                found[question] = column
                break
    return found


def _question(gold: list[str], predictions: Sequence[Prediction], question: str) -> dict[str, Any]:
    kept = [(label, p) for label, p in zip(gold, predictions, strict=True) if label]
    wanted = [label for label, _ in kept]
    answers = [getattr(p, question) for _, p in kept]
    predicted = [answer.key for answer in answers]
    right = np.array([a == b for a, b in zip(wanted, predicted, strict=True)])
    scores = np.array([answer.score for answer in answers])
    figures = metrics.question_figures(wanted, predicted)
    figures["calibration"] = metrics.calibration(right, scores)
    figures["coverage"] = metrics.coverage_curve(right, scores)
    if question == "urgency":
        figures["pressing"] = metrics.pressing_figures(wanted, predicted)
    if question == "sector":
        decided = np.array([not p.needs_review for _, p in kept])
        figures["decided"] = {
            "share": float(decided.mean()),
            "accuracy": float(right[decided].mean()) if decided.any() else 0.0,
        }
    return figures


def as_text(figures: dict[str, Any]) -> str:
    """The figures as a person reads them in a terminal."""
    lines = [f"model {figures['model_version']}, {figures['rows']} rows"]
    for question in QUESTIONS:
        if question in figures:
            lines += ["", *_question_lines(question, figures[question])]
    return "\n".join(lines)


def _question_lines(question: str, f: dict[str, Any]) -> list[str]:
    lines = [
        f"{question}: accuracy {f['accuracy']:.3f}, macro-F1 {f['macro_f1']:.3f}, weighted F1 {f['weighted_f1']:.3f}, "
        f"calibration error {f['calibration']['expected_error']:.3f}",
        f"  {'':26}{'precision':>10}{'recall':>8}{'F1':>8}{'rows':>7}",
    ]
    lines += [
        f"  {key:26}{c['precision']:10.2f}{c['recall']:8.2f}{c['f1']:8.2f}{c['rows']:7}"
        for key, c in f["classes"].items()
    ]
    if "pressing" in f:
        p = f["pressing"]
        lines.append(
            f"  pressing: recall {p['recall']:.3f}, precision {p['precision']:.3f}; "
            f"darurat called pressing {p['darurat_called_pressing']:.3f}"
        )
    if "decided" in f:
        d = f["decided"]
        lines.append(f"  decided without review: {d['share']:.3f} of the rows, accuracy there {d['accuracy']:.3f}")
    lines.append(
        "  surest share: accuracy  " + "  ".join(f"{c['share']:.0%} {c['accuracy']:.2f}" for c in f["coverage"])
    )
    lines.append("  most confused (gold taken for): " + "; ".join(_confusion(c) for c in f["confusion"][:8]))
    return lines


def _confusion(pair: dict[str, Any]) -> str:
    return f"{pair['gold']} for {pair['predicted']} {pair['rows']}"
