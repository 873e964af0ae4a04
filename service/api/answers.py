"""What goes out about a complaint."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from model.prediction import Alternative, Answer
from service.routing.deadlines import JAKARTA
from service.routing.rules import Routing


class Receipt(BaseModel):
    """A complaint's disposition. ``sector``, ``urgency`` and ``kind`` are what holds now; scores are the model's.

    ``needs_review``: a person should look before the disposition is used; ``department`` is then where it would go.
    ``secondary_sectors``: of further matters in the message; an officer may split them off (``parent``).
    """

    id: str
    status: str
    received_at: datetime
    sector: Answer
    urgency: Answer
    kind: Answer
    department: str
    department_name: str
    queue: str
    queue_name: str
    rule: str
    reason: str
    deadline: datetime
    deadline_rule: str
    deadline_source: str
    needs_review: bool
    review_reasons: list[str]
    advice: str | None
    secondary_sectors: list[str]
    parent: str | None
    model_version: str


class PassedOn(BaseModel):
    """All that is told of a complaint that has gone where the key may not look, and not why."""

    id: str
    status: str
    received_at: datetime


class PlaceAnswer(BaseModel):
    """Where it happened, as the intake gave it."""

    kecamatan: str | None
    kelurahan: str | None
    address: str | None


class ReporterAnswer(BaseModel):
    """Who sent a complaint."""

    name: str | None
    phone: str | None
    email: str | None
    address: str | None


class Listed(Receipt):
    """A complaint in a list, as officers see it."""

    text: str
    channel: str | None
    external_reference: str | None
    place: PlaceAnswer
    occurred_at: datetime | None
    submitted_at: datetime | None
    anonymous: bool
    confidential: bool
    claimed_by: str | None
    lease_until: datetime | None


class Complaint(Listed):
    """A complaint as officers see it. ``reporter`` is null when unknown or anonymous.

    ``children``: the complaints that were split off and that this key may see.
    """

    reporter: ReporterAnswer | None
    completions: list[str]
    children: list[str]


def receipt_of(row: Mapping[str, Any], routing: Routing) -> Receipt:
    """A receipt from the columns of a complaint and its disposition."""
    return Receipt(**_disposition(row, routing))


def passed_on(row: Mapping[str, Any]) -> PassedOn:
    """What is told of a complaint out of sight, from the same columns."""
    return PassedOn(id=row["id"], status=row["status"], received_at=row["received_at"].astimezone(JAKARTA))


def listed_of(row: Mapping[str, Any], routing: Routing) -> Listed:
    """A complaint in a list, from the same columns."""
    return Listed(**_shown(row, routing))


def complaint_of(
    row: Mapping[str, Any],
    routing: Routing,
    reporter: Mapping[str, Any] | None,
    completions: Sequence[str],
    children: Sequence[str],
) -> Complaint:
    """All that officers see, from the same columns, the reporter's, and what was added."""
    return Complaint(
        **_shown(row, routing),
        completions=list(completions),
        children=list(children),
        reporter=ReporterAnswer(**{name: reporter[name] for name in ReporterAnswer.model_fields}) if reporter else None,
    )


def _shown(row: Mapping[str, Any], routing: Routing) -> dict[str, Any]:
    shown = ("text", "channel", "external_reference", "anonymous", "confidential", "claimed_by")
    return {
        **_disposition(row, routing),
        **{name: row[name] for name in shown},
        "lease_until": _local(row["lease_until"]),
        "occurred_at": _local(row["occurred_at"]),
        "submitted_at": _local(row["submitted_at"]),
        "place": PlaceAnswer(**{name: row[name] for name in PlaceAnswer.model_fields}),
    }


def _disposition(row: Mapping[str, Any], routing: Routing) -> dict[str, Any]:
    same = ("id", "status", "department", "queue", "rule", "reason", "deadline_rule", "deadline_source")
    queue = routing.queues.get(row["queue"])
    department = routing.city.departments.get(row["department"])
    return {
        **{name: row[name] for name in same},
        **{question: _answer(row["prediction"][question], row[question]) for question in ("sector", "urgency", "kind")},
        "received_at": _local(row["received_at"]),
        "department_name": department.name if department else row["department"],
        "queue_name": queue.name if queue else row["queue"],
        "deadline": _local(row["deadline"]),
        "needs_review": bool(row["review_reasons"]),
        "review_reasons": row["review_reasons"],
        "advice": row["advice"],
        "secondary_sectors": row["secondary"],
        "parent": row["parent"],
        "model_version": row["model_version"],
    }


def _answer(predicted: Mapping[str, Any], key: str) -> Answer:
    """The model's answer with the key that holds now, and the probability the model gave to it."""
    alternatives = tuple(Alternative(**alternative) for alternative in predicted["alternatives"])
    score = predicted["score"]
    if key != predicted["key"]:
        score = next((a.score for a in alternatives if a.key == key), 0.0)
    return Answer(key, score, alternatives, tuple(predicted["reasons"]))


def _local(moment: datetime | None) -> datetime | None:
    return moment.astimezone(JAKARTA) if moment else None
