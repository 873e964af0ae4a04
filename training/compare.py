"""Two models on the same labelled rows: who is right more often, is that chance, and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from model.classifier import Classifier
from model.prediction import QUESTIONS, Answer, Prediction
from model.privacy import mask
from training import metrics

QUESTION_LOSS = 0.01
"""Macro-F1 that a model may lose in one question before promotion refuses it."""

PRESSING_LOSS = 0.01
"""Recall of pressing messages that it may lose."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row whose label changed. ``text`` is masked. ``turn``: ``worse``, ``better`` or ``other`` (wrong before and
    after)."""

    row: int
    question: str
    gold: str
    old: str
    new: str
    new_score: float
    turn: str
    text: str


def compare(old: Classifier, new: Classifier, rows: pd.DataFrame) -> tuple[dict[str, Any], list[Change]]:
    """Figures of both models and McNemar's test on each question that both answer and ``rows`` has labels for.

    ``rows``: ``text``, ``row`` and the questions (empty where unlabelled). The changes come worst first: right
    before and wrong now, the surest mistakes on top.
    """
    texts = rows["text"].tolist()
    before, after = old.predict_many(texts), new.predict_many(texts)
    figures: dict[str, Any] = {"old": old.version, "new": new.version, "rows": len(rows)}
    changes: list[Change] = []
    for question in QUESTIONS:
        labelled = np.flatnonzero(rows[question].to_numpy() != "").tolist()
        if question not in old.heads or question not in new.heads or not len(labelled):
            continue
        gold = rows[question].to_numpy()[labelled]
        one, other = (_answers(predictions, question, labelled) for predictions in (before, after))
        figures[question] = _question(question, gold.tolist(), [a.key for a in one], [a.key for a in other])
        for i, wanted, a, b in zip(labelled, gold, one, other, strict=True):
            if a.key != b.key:
                turn = "worse" if a.key == wanted else "better" if b.key == wanted else "other"
                row = int(rows["row"].iloc[i])
                changes.append(Change(row, question, wanted, a.key, b.key, b.score, turn, mask(texts[i])))
    order = ("worse", "other", "better")
    return figures, sorted(changes, key=lambda change: (order.index(change.turn), -change.new_score, change.row))


def _answers(predictions: Sequence[Prediction], question: str, rows: Sequence[int]) -> list[Answer]:
    return [getattr(predictions[i], question) for i in rows]


def _question(question: str, gold: list[str], old: list[str], new: list[str]) -> dict[str, Any]:
    right_old, right_new = (np.array([a == b for a, b in zip(gold, given, strict=True)]) for given in (old, new))
    lost, won = int((right_old & ~right_new).sum()), int((~right_old & right_new).sum())
    found: dict[str, Any] = {"rows": len(gold), "lost": lost, "won": won, "mcnemar_p": mcnemar(lost, won)}
    for name, given in (("old", old), ("new", new)):
        figures = metrics.question_figures(gold, given)
        found[name] = {"accuracy": figures["accuracy"], "macro_f1": figures["macro_f1"]}
        if question == "urgency":
            found[name]["pressing_recall"] = metrics.pressing_figures(gold, given)["recall"]
    return found


def mcnemar(lost: int, won: int) -> float:
    """Exact two-sided p of McNemar's test: how often chance alone parts so many changed rows as unevenly.

    >>> mcnemar(0, 0), round(mcnemar(1, 9), 4)
    (1.0, 0.0215)
    """
    return float(binomtest(lost, lost + won).pvalue) if lost + won else 1.0


def losses(figures: dict[str, Any]) -> list[str]:
    """Why the new model should not be promoted; empty where nothing speaks against it."""
    reasons = []
    for question in QUESTIONS:
        if question not in figures:
            continue
        old, new = figures[question]["old"], figures[question]["new"]
        if (loss := old["macro_f1"] - new["macro_f1"]) > QUESTION_LOSS:
            reasons.append(f"{question}: macro-F1 falls by {loss:.3f} (at most {QUESTION_LOSS})")
        if (loss := old.get("pressing_recall", 0) - new.get("pressing_recall", 0)) > PRESSING_LOSS:
            reasons.append(f"pressing messages: recall falls by {loss:.3f} (at most {PRESSING_LOSS})")
    return reasons


def as_text(figures: dict[str, Any], changes: Sequence[Change], shown: int) -> str:
    """The comparison for a terminal."""
    lines = [f"old {figures['old']}, new {figures['new']}, {figures['rows']} rows"]
    for question in QUESTIONS:
        if question not in figures:
            continue
        f = figures[question]
        lines.append(
            f"{question}: accuracy {f['old']['accuracy']:.3f} -> {f['new']['accuracy']:.3f}, macro-F1 "
            f"{f['old']['macro_f1']:.3f} -> {f['new']['macro_f1']:.3f}; {f['won']} rows won, {f['lost']} lost, "
            f"McNemar p {f['mcnemar_p']:.3f} ({'no chance' if f['mcnemar_p'] < 0.05 else 'may be chance'})"
        )
        if "pressing_recall" in f["old"]:
            lines.append(f"  pressing recall {f['old']['pressing_recall']:.3f} -> {f['new']['pressing_recall']:.3f}")
    lines += [
        f"{c.turn}: row {c.row}, {c.question} {c.old} -> {c.new} (right: {c.gold}, {c.new_score:.2f}): {c.text[:120]}"
        for c in changes[:shown]
    ]
    if len(changes) > shown:
        lines.append(f"... and {len(changes) - shown} more changed rows: --changed FILE.csv writes them all")
    return "\n".join(lines)
