"""Complaints with their reporter, disposition, events and outbox rows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from service.store.tables import complaints, dispositions, events, outbox, reporters


def add(
    connection: Connection,
    complaint: Mapping[str, Any],
    reporter: Mapping[str, Any] | None,
    disposition: Mapping[str, Any],
) -> None:
    """Store a new complaint with its disposition; the values are named as the columns."""
    connection.execute(sa.insert(complaints), [dict(complaint)])
    if reporter:
        connection.execute(sa.insert(reporters), [{"complaint": complaint["id"], **reporter}])
    connection.execute(sa.insert(dispositions), [{"complaint": complaint["id"], **disposition}])


def add_event(
    connection: Connection, complaint: str, at: datetime, type_: str, actor: str, queue: str, data: Mapping[str, Any]
) -> None:
    """Append an event, and its outbox row."""
    event = {"complaint": complaint, "at": at, "type": type_, "actor": actor, "queue": queue, "data": dict(data)}
    made = connection.execute(sa.insert(events).returning(events.c.id), [event]).scalar_one()
    connection.execute(sa.insert(outbox), [{"event": made, "created_at": at}])


def get(connection: Connection, complaint: str) -> Row[Any] | None:
    """A complaint and its disposition as one row."""
    joined = complaints.join(dispositions, dispositions.c.complaint == complaints.c.id)
    select = sa.select(complaints, dispositions).select_from(joined).where(complaints.c.id == complaint)
    return connection.execute(select).one_or_none()


def reporter_of(connection: Connection, complaint: str) -> Row[Any] | None:
    """Who sent a complaint, where that was told."""
    return connection.execute(sa.select(reporters).where(reporters.c.complaint == complaint)).one_or_none()


def events_of(connection: Connection, complaint: str) -> list[Row[Any]]:
    """What happened to a complaint, first to last."""
    return list(connection.execute(sa.select(events).where(events.c.complaint == complaint).order_by(events.c.id)))
