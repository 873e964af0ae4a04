"""Reminders before a deadline and escalations after it: once each, as events. Several processes may sweep at once."""

from datetime import datetime, timedelta

from service.idempotency import KEPT
from service.lifecycle import OPEN, RUNNING
from service.parts import Parts
from service.routing.deadlines import JAKARTA, add_working_days, end_of
from service.store import complaints, idempotency, queues

ACTOR = "disposisi"
QUIET = timedelta(hours=1)
"""A department that has just got a complaint is not reminded of it."""

AT_ONCE = 100
"""Complaints of one transaction, so that no officer waits for a sweep."""


def soon(now: datetime, remind_days: int) -> datetime:
    """The moment until which a deadline counts as about to come: so many working days ahead."""
    return end_of(add_working_days(now.astimezone(JAKARTA).date(), remind_days))


def chosen(
    due: str | None, now: datetime, remind_days: int
) -> tuple[tuple[str, ...], datetime | None, datetime | None]:
    """States and span of deadlines of a list: of all open complaints, of those ``overdue``, of those due ``soon``."""
    if due is None:
        return OPEN, None, None
    return (RUNNING, None, now) if due == "overdue" else (RUNNING, now, soon(now, remind_days))


def sweep(app: Parts, now: datetime) -> tuple[int, int]:
    """Remind and escalate what is due; returns how many of each. Forgets old first answers."""
    with app.database.write() as connection:
        idempotency.forget(connection, now - KEPT)
    escalated = _tell(app, "escalated_at", "escalated", now, now, now)
    reminded = _tell(app, "reminded_at", "reminded", soon(now, app.config.remind_days), now - QUIET, now)
    return reminded, escalated


def _tell(app: Parts, mark: str, event: str, until: datetime, assigned_until: datetime, now: datetime) -> int:
    told = 0
    while True:
        with app.database.write() as connection:
            rows = queues.due(connection, mark, until, assigned_until, AT_ONCE)
            for row in rows:
                late = {"reminded_at": now} if mark == "escalated_at" and row.reminded_at is None else {}
                queues.change(connection, row.complaint, {mark: now, **late})
                deadline = row.deadline.astimezone(JAKARTA).isoformat()
                data = {"deadline": deadline, "department": row.department, "urgency": row.urgency}
                complaints.add_event(connection, row.complaint, now, event, ACTOR, row.queue, data)
        told += len(rows)
        if len(rows) < AT_ONCE:
            return told
