"""The columns that tagging adds, in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model.batch import Labelled
from model.prediction import QUESTIONS

NAMES = (
    *(name for question in QUESTIONS for name in (question, f"{question}_score")),
    "department",
    "needs_review",
    "model_version",
    "tag_note",
)


TYPES = (*("string", "float64") * len(QUESTIONS), "string", "bool", "string", "string")
"""Types of the same, as Arrow names them."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What is added to a batch: one list a name of ``NAMES``, each as long as the batch.

    A question that the model does not answer has ``None`` throughout.
    """

    columns: dict[str, list[Any]]

    def rows(self) -> list[tuple[Any, ...]]:
        """The same row by row."""
        return list(zip(*self.columns.values(), strict=True))


def answers(labelled: Labelled, notes: Sequence[str], departments: Mapping[str, str], model_version: str) -> Answers:
    """The model's answers as columns; a row with a note goes to review.

    ``departments`` maps a sector to a department's code; other sectors get "".
    """
    columns: dict[str, list[Any]] = {}
    rows = len(notes)
    for question in QUESTIONS:
        labels = labelled.questions.get(question)
        columns[question] = labels.keys if labels else [None] * rows
        columns[f"{question}_score"] = labels.scores if labels else [None] * rows
    columns["department"] = [departments.get(sector, "") for sector in columns["sector"]]
    columns["needs_review"] = [review or bool(note) for review, note in zip(labelled.needs_review, notes, strict=True)]
    columns["model_version"] = [model_version] * rows
    columns["tag_note"] = list(notes)
    return Answers(columns)
