"""A model measured on labelled complaints: as a whole, by label, and by source, month and area."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from model.city import City
from model.classifier import Classifier
from model.prediction import QUESTIONS, Prediction
from training import metrics
from training.bootstrap import intervals
from training.errors import DataError

FEWEST = 20
"""A source, month or area with fewer rows gets no figure of its own."""


def evaluate(classifier: Classifier, rows: pd.DataFrame) -> dict[str, Any]:
    """Figures of every question that the model answers and ``rows`` (training.complaints) have labels for.

    Empty labels are left out of that question's figures.

    Raises
    ------
    DataError
        A label is not one the model can give, or there are no labels at all.
    """
    asked = [q for q in QUESTIONS if q in classifier.heads and (rows[q] != "").any()]
    if not asked:
        raise DataError("no right labels of a question that the model answers; name them by --sector-column ...")
    for question in asked:
        check_labels(rows, question, classifier.heads[question].keys)
    predictions = classifier.predict_many(rows["text"].tolist())
    figures: dict[str, Any] = {"model_version": classifier.version, "rows": len(rows)}
    for question in asked:
        figures[question] = _question(rows[question].tolist(), predictions, question)
    right = pd.DataFrame({q: _right(rows[q].tolist(), predictions, q) for q in asked})
    months = rows["received"].str[:7]
    groups = {"source": rows["source"], "month": months, "area": rows["area"]}
    figures["by"] = {name: found for name, values in groups.items() if (found := _by(values.tolist(), right))}
    return figures


def own_labels(classifier: Classifier, city: City) -> list[str]:
    """The questions whose labels are not the city's: those of a model that was trained with --labels-from-data."""
    return [q for q, head in classifier.heads.items() if not set(head.keys) <= set(city.labels[q])]


def check_labels(rows: pd.DataFrame, question: str, keys: Sequence[str]) -> None:
    """Raise DataError with row and remedy where a label is neither empty nor one of the keys."""
    for row, label in zip(rows["row"], rows[question], strict=True):
        if label and label not in keys:
            raise DataError(
                f"row {row}, {question} {label!r}: the model never gives this label; use one of {', '.join(keys)}"
            )


def _right(gold: Sequence[str], predictions: Sequence[Prediction], question: str) -> list[float]:
    """1 where the model is right, 0 where it is wrong, NaN where nothing is known."""
    given = [getattr(p, question).key for p in predictions]
    return [float(a == b) if a else np.nan for a, b in zip(gold, given, strict=True)]


def _by(values: Sequence[str], right: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Rows and accuracy of each question for every value that enough rows have."""
    found = {}
    for value, part in right.groupby(np.array(values)):
        if value and len(part) >= FEWEST:
            means = part.mean().dropna().round(4)
            found[str(value)] = {"rows": len(part)} | dict(zip(map(str, means.index), means, strict=True))
    return found


def _question(gold: list[str], predictions: Sequence[Prediction], question: str) -> dict[str, Any]:
    kept = [(label, p) for label, p in zip(gold, predictions, strict=True) if label]
    wanted = [label for label, _ in kept]
    answers = [getattr(p, question) for _, p in kept]
    predicted = [answer.key for answer in answers]
    right = np.array([a == b for a, b in zip(wanted, predicted, strict=True)])
    scores = np.array([answer.score for answer in answers])
    figures = metrics.question_figures(wanted, predicted)
    figures["intervals"] = intervals(wanted, predicted)
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
    for name, groups in figures["by"].items():
        lines += ["", f"accuracy by {name}:", *_group_lines(groups)]
    return "\n".join(lines)


def _group_lines(groups: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [
        f"  {value:26} {int(f['rows']):6} rows  " + "  ".join(f"{q} {f[q]:.2f}" for q in QUESTIONS if q in f)
        for value, f in groups.items()
    ]


def _question_lines(question: str, f: dict[str, Any]) -> list[str]:
    (low, high), (low_f1, high_f1) = f["intervals"]["accuracy"], f["intervals"]["macro_f1"]
    lines = [
        f"{question}: accuracy {f['accuracy']:.3f}, macro-F1 {f['macro_f1']:.3f}, weighted F1 {f['weighted_f1']:.3f}, "
        f"calibration error {f['calibration']['expected_error']:.3f}",
        f"  95 of 100 such samples: accuracy {low:.3f} to {high:.3f}, macro-F1 {low_f1:.3f} to {high_f1:.3f}",
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
