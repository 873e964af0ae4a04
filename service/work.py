"""What officers do with a complaint: each step is checked, made, and told as an event, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection, Row

from service.intake import disposition_row, heard
from service.keys import Client
from service.lifecycle import RESOLVED, STEPS, WAITING
from service.parts import Parts
from service.problems import Problem
from service.routing.deadlines import JAKARTA
from service.routing.decide import Case, Disposition, assign, decide
from service.routing.rules import Routing
from service.sight import visible_queues
from service.store import complaints, corrections, queues

OF_THE_SENDER = ("complete", "reopen")
"""Steps that the intake key that handed a complaint in may take too."""

SENT_BACK = "dikembalikan"
"""Reason for review: a department says that the complaint is not its own."""

FREE = {"claimed_by": None, "lease_until": None}
FRESH = FREE | {"reminded_at": None, "escalated_at": None, "status": WAITING}
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
        raise Problem(404, f"No complaint {complaint} that this key may see")
    allowed = STEPS[step].allowed
    if row.status not in allowed:
        raise Problem(409, f"Cannot {step}: the complaint is {row.status!r}; it must be {' or '.join(allowed)}")
    if row.lease_until and row.lease_until > now and row.claimed_by != officer.actor and not sender:
        until = row.lease_until.astimezone(JAKARTA).isoformat(timespec="seconds")
        raise Problem(409, f"Cannot {step}: another officer has claimed it until {until}")
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
        keys = {"sector": row.sector, "urgency": row.urgency, "kind": row.kind}
        disposition = assign(_case(app, row, keys), queue, reason, app.routing, now)
        values = disposition_row(keys, disposition, app.routing, now) | FRESH
        if queue in app.routing.review_queues():
            values["review_reasons"] = [SENT_BACK]
        told = {"from": row.queue, "to": queue, "reason": reason}
        return finish(connection, row, "redirect", officer, now, told, values)


def correct(
    app: Parts, complaint: str, officer: Officer, changed: dict[str, str], reason: str, now: datetime
) -> dict[str, Any]:
    """Correct the labels or the department; the disposition follows. Without a change: confirm what is in review."""
    with app.database.write() as connection:
        row = take(connection, complaint, "correct", officer, app.routing, now)
        before = {name: row._mapping[name] for name in ("sector", "urgency", "kind", "department")}
        after = before | changed
        in_review = bool(row.review_reasons)
        if after == before and not in_review:
            raise Problem(409, "Nothing differs from what the complaint has already")
        keys = {name: after[name] for name in ("sector", "urgency", "kind")}
        disposition = _follow(app, row, keys, changed.get("department"), reason, now)
        values = disposition_row(keys, disposition, app.routing, now)
        after["department"] = values["department"]
        if row.status == RESOLVED:
            values = {name: values[name] for name in ("sector", "urgency", "kind", "rank")}
        elif values["queue"] != row.queue:
            values |= FRESH
        corrections.add(connection, row.id, now, officer.actor, reason, before, after)
        told = {"before": before, "after": after, "reason": reason}
        return finish(connection, row, "correct", officer, now, told, values)


def _follow(
    app: Parts, row: Row[Any], keys: Mapping[str, str], department: str | None, reason: str, now: datetime
) -> Disposition:
    """The disposition after a correction: the named department, by rule, or as it is when only the urgency is new."""
    case = _case(app, row, keys)
    if department is not None and department != row.department:
        return assign(case, app.routing.queue_of(department), reason, app.routing, now)
    if row.review_reasons or keys["sector"] != row.sector or keys["kind"] != row.kind:
        return decide(case, app.routing, now)
    return replace(assign(case, row.queue, row.reason, app.routing, now), rule=row.rule)


def _case(app: Parts, row: Row[Any], keys: Mapping[str, str]) -> Case:
    words = heard(row.text, row.added, app.models.classifier.expansions)
    return Case(keys["sector"], keys["urgency"], keys["kind"], words, kecamatan=row.kecamatan, kelurahan=row.kelurahan)
