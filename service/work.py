"""What officers do with a complaint: each step is checked, made, and told as an event, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection, Row

from model.prediction import QUESTIONS
from service.intake import case_of, disposition_row, heard
from service.keys import Client
from service.lifecycle import CHANGED, RESOLVED, STEPS, WAITING, Claim, refusal
from service.parts import Parts
from service.problems import FieldError, Problem, wrong_values
from service.routing.decide import Case, Disposition, assign
from service.routing.follow import Standing, follow, stay
from service.routing.rules import Routing
from service.sight import no_such, visible_queues
from service.store import complaints, corrections, queues

OF_THE_SENDER = ("complete", "reopen")
"""Steps that the intake key that handed a complaint in may take too."""

SENT_BACK = "dikembalikan"
"""Reason for review: a department says that the complaint is not its own."""

FREE = {"claimed_by": None, "lease_until": None}
UNTOLD = {"reminded_at": None, "escalated_at": None}
FRESH = FREE | UNTOLD | {"status": WAITING}
"""What a complaint is in a new queue."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Who works: a key, and the person's name where the client tells it."""

    client: Client
    name: str | None

    @property
    def actor(self) -> str:
        """The name in events and claims."""
        return f"{self.client.name}/{self.name}" if self.name else self.client.name


def take(
    connection: Connection, complaint: str, step: str, officer: Officer, routing: Routing, now: datetime
) -> Row[Any]:
    """The complaint, held by the transaction, when this officer may take this step now.

    Raises
    ------
    Problem
        404 where the key may not see it, 409 where its state or another officer's claim forbids the step.
    """
    row = queues.locked(connection, complaint)
    sender = row is not None and step in OF_THE_SENDER and row.client == officer.client.id
    if row is None or not (sender or row.queue in visible_queues(officer.client, routing)):
        raise no_such(f"complaint {complaint}")
    claim = Claim(None, None) if sender else Claim(row.claimed_by, row.lease_until)
    refused = refusal(step, row.status, claim, officer.actor, officer.name is not None, now)
    if refused:
        raise Problem(409, f"Cannot {step}: {refused}")
    return row


def finish(
    connection: Connection,
    row: Row[Any],
    step: str,
    officer: Officer,
    now: datetime,
    told: Mapping[str, Any],
    changes: Mapping[str, Any],
) -> dict[str, Any]:
    """Change the disposition, append the event; returns the columns as they are now."""
    to = STEPS[step].to
    values = dict(changes) | ({"status": to} if to else {})
    if values:
        queues.change(connection, row.id, values)
    after = row._asdict() | values
    data = {name: value for name, value in told.items() if value is not None}
    complaints.add_event(connection, row.id, now, STEPS[step].event, officer.actor, after["queue"], data)
    return after


def redirect(app: Parts, complaint: str, officer: Officer, queue: str, reason: str, now: datetime) -> dict[str, Any]:
    """Send a complaint to another queue, for a reason; its deadline is fixed anew."""
    with app.database.write() as connection:
        row = take(connection, complaint, "redirect", officer, app.routing, now)
        if queue == row.queue:
            raise Problem(409, "The complaint is in this queue already")
        disposition = assign(_case(app, row, row._asdict()), queue, reason, app.routing, now)
        values = disposition_row(row._asdict(), disposition, app.routing, now) | FRESH
        if queue in app.routing.review_queues():
            values["review_reasons"] = [SENT_BACK]
        told = {"from": row.queue, "to": queue, "reason": reason}
        return finish(connection, row, "redirect", officer, now, told, values)


def correct(
    app: Parts, complaint: str, officer: Officer, changed: dict[str, str], reason: str, now: datetime
) -> dict[str, Any]:
    """Correct the labels or the department; the disposition follows, of a resolved complaint when it is reopened.

    Without a change: confirm what is in review.
    """
    with app.database.write() as connection:
        row = take(connection, complaint, "correct", officer, app.routing, now)
        before = {name: row._mapping[name] for name in (*QUESTIONS, "department")}
        after = before | changed
        if after == before and not row.review_reasons:
            raise Problem(409, "Nothing differs from what the complaint has already")
        if row.status == RESOLVED and after["department"] != row.department:
            raise Problem(409, "A resolved complaint goes to no other department; reopen it first")
        old, new = _case(app, row, before), _case(app, row, after)
        made = follow(_standing(row, row.assigned_at), old, new, changed.get("department"), reason, app.routing, now)
        values = _columns(row, after, made, app.routing, now)
        if row.status == RESOLVED:
            values = {name: values[name] for name in (*QUESTIONS, "rank")}
        after["department"] = values.get("department", row.department)
        corrections.add(connection, row.id, now, officer.actor, reason, before, after)
        different = [name for name in ("queue", "advice") if name in values and values[name] != row._mapping[name]]
        told = {"before": before, "after": after, "reason": reason, CHANGED: different or None}
        return finish(connection, row, "correct", officer, now, told, values)


def resolve(
    app: Parts, complaint: str, officer: Officer, message: str | None, duplicate_of: str | None, now: datetime
) -> dict[str, Any]:
    """End a complaint, perhaps as one that repeats another."""
    with app.database.write() as connection:
        row = take(connection, complaint, "resolve", officer, app.routing, now)
        if duplicate_of is not None:
            other = complaints.get(connection, duplicate_of)
            seen = other is not None and other.queue in visible_queues(officer.client, app.routing)
            if not seen or duplicate_of == complaint:
                raise wrong_values(
                    FieldError(place="duplicate_of", message="name another complaint that this key may see")
                )
        told = {"message": message, "duplicate_of": duplicate_of}
        return finish(connection, row, "resolve", officer, now, told, FREE)


def reopen(app: Parts, complaint: str, officer: Officer, reason: str, now: datetime) -> dict[str, Any]:
    """Begin anew with a resolved complaint: a new deadline, where it was or where corrections since then send it."""
    with app.database.write() as connection:
        row = take(connection, complaint, "reopen", officer, app.routing, now)
        new, at = _case(app, row, row._asdict()), _standing(row, now)
        made = stay(at, new, app.routing, now)
        if meanwhile := corrections.since_resolved(connection, complaint):
            made = follow(at, _case(app, row, meanwhile[0].before), new, None, reason, app.routing, now)
        values = disposition_row(row._asdict(), made, app.routing, now) | FRESH
        return finish(connection, row, "reopen", officer, now, {"reason": reason}, values)


def _columns(
    row: Row[Any], keys: Mapping[str, str], made: Disposition, routing: Routing, now: datetime
) -> dict[str, Any]:
    """A changed disposition's columns; whoever was reminded is reminded again of another deadline."""
    if made.queue != row.queue:
        return disposition_row(keys, made, routing, now) | FRESH
    values = disposition_row(keys, made, routing, row.assigned_at)
    return values if values["deadline"] == row.deadline else values | UNTOLD


def _standing(row: Row[Any], since: datetime) -> Standing:
    return Standing(row.department, row.queue, row.rule, row.reason, tuple(row.review_reasons), since)


def _case(app: Parts, row: Row[Any], keys: Mapping[str, Any]) -> Case:
    return case_of(row, keys, heard(row, app.models.classifier.words))
