"""Corrections as training rows: masked, the last word of each complaint, conflicts marked."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlalchemy.engine import Row

from model.privacy import mask

LABELS = ("sector", "urgency", "kind", "department")


@dataclass(frozen=True, slots=True)
class Example:
    """A training row. ``predicted_*`` is what the model had said; ``conflict`` says what contradicts the row.

    ``corrected_by`` names the key, never the officer.
    """

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


def examples(read: Callable[[], Iterable[Row[Any]]]) -> Iterator[Example]:
    """One row a corrected complaint, in the order of their numbers.

    A conflict is: officers gave one complaint different labels (the last holds), or complaints of the same text
    have different labels. ``read`` yields the corrections, those of one complaint together; it is called twice, so
    that of all texts only hashes are kept in memory.
    """
    labels: dict[bytes, tuple[str, str, str]] = {}
    torn: set[bytes] = set()
    for one in _every(read()):
        given = (one.sector, one.urgency, one.kind)
        if labels.setdefault(_hash(one), given) != given:
            torn.add(_hash(one))
    for one in _every(read()):
        yield _with_conflict(one, _hash(one) in torn)


def _every(rows: Iterable[Row[Any]]) -> Iterator[Example]:
    for _, found in groupby(rows, key=lambda row: row.complaint):
        yield _example(list(found))


def _hash(one: Example) -> bytes:
    return hashlib.sha256(one.text.casefold().encode()).digest()[:16]


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
        corrected_by=last.actor.partition("/")[0],
        reason=mask(last.reason),
        conflict=f"corrected twice: {', '.join(torn)}" if torn else "",
    )


def _with_conflict(one: Example, same_text: bool) -> Example:
    if not same_text:
        return one
    told = "; ".join(part for part in (one.conflict, "same text, other labels") if part)
    return replace(one, conflict=told)
