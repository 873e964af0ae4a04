"""Corrections as training rows: masked, the last word of each complaint, conflicts marked."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.engine import Row

from model.privacy import mask

LABELS = ("sector", "urgency", "kind", "department")


@dataclass(frozen=True, slots=True)
class Example:
    """A training row. ``predicted_*`` is what the model had said; ``conflict`` says what contradicts the row."""

    text: str
    sector: str
    urgency: str
    kind: str
    department: str
    predicted_sector: str
    predicted_urgency: str
    predicted_kind: str
    model_version: str
    complaint: str
    corrected_at: str
    corrected_by: str
    reason: str
    conflict: str


def examples(rows: Iterable[Row[Any]]) -> list[Example]:
    """One row a corrected complaint, first corrected first.

    A conflict is: officers gave one complaint different labels (the last holds), or complaints of the same text
    have different labels.
    """
    by_complaint: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_complaint[row.complaint].append(row)
    made = [_example(found) for found in by_complaint.values()]
    by_text: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for one in made:
        by_text[one.text.casefold()].add((one.sector, one.urgency, one.kind))
    return [_with_conflict(one, len(by_text[one.text.casefold()]) > 1) for one in made]


def _example(rows: Sequence[Row[Any]]) -> Example:
    last = rows[-1]
    changes = {name: {row.after[name] for row in rows if row.after[name] != row.before[name]} for name in LABELS}
    torn = [name for name, keys in changes.items() if len(keys) > 1]
    said = {question: last.prediction[question]["key"] for question in ("sector", "urgency", "kind")}
    return Example(
        text=mask(last.text),
        **{name: last.after[name] for name in LABELS},
        predicted_sector=said["sector"],
        predicted_urgency=said["urgency"],
        predicted_kind=said["kind"],
        model_version=last.model_version,
        complaint=last.complaint,
        corrected_at=last.at.isoformat(timespec="seconds"),
        corrected_by=last.actor,
        reason=mask(last.reason),
        conflict=f"corrected twice: {', '.join(torn)}" if torn else "",
    )


def _with_conflict(one: Example, same_text: bool) -> Example:
    if not same_text:
        return one
    told = "; ".join(part for part in (one.conflict, "same text, other labels") if part)
    return replace(one, conflict=told)
