"""Complaints with their reporter, disposition, events and outbox rows."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from service.store.inserts import Row as NewRow
from service.store.inserts import insert
from service.store.tables import IS_OPEN, complaints, completions, corrections, dispositions, events, reporters


def rows_of(
    complaint: Mapping[str, Any],
    reporter: Mapping[str, Any] | None,
    disposition: Mapping[str, Any],
    event: Mapping[str, Any],
) -> list[NewRow]:
    """A new complaint with its disposition and first event, to be inserted; the values are named as the columns."""
    number = {"complaint": complaint["id"]}
    rows: list[NewRow] = [
        (complaints, complaint),
        (dispositions, {**number, **disposition}),
        (events, {**number, **event}),
    ]
    if reporter:
        rows.insert(1, (reporters, {**number, **reporter}))
    return rows


def add_event(
    connection: Connection, complaint: str, at: datetime, type_: str, actor: str, queue: str, data: Mapping[str, Any]
) -> None:
    """Append an event; the database adds its outbox row."""
    event = {"complaint": complaint, "at": at, "type": type_, "actor": actor, "queue": queue, "data": dict(data)}
    insert(connection, [(events, event)])


def get(connection: Connection, complaint: str) -> Row[Any] | None:
    """A complaint and its disposition as one row."""
    joined = complaints.join(dispositions, dispositions.c.complaint == complaints.c.id)
    select = sa.select(complaints, dispositions).select_from(joined).where(complaints.c.id == complaint)
    return connection.execute(select).one_or_none()


def reporter_of(connection: Connection, complaint: str) -> dict[str, Any] | None:
    """Who sent a complaint, where that was told."""
    columns = [column for column in reporters.c if column.name != "complaint"]
    row = connection.execute(sa.select(*columns).where(reporters.c.complaint == complaint)).one_or_none()
    return row._asdict() if row else None


def events_of(connection: Connection, complaint: str) -> list[Row[Any]]:
    """What happened to a complaint, first to last."""
    return list(connection.execute(sa.select(events).where(events.c.complaint == complaint).order_by(events.c.id)))


def add_completion(connection: Connection, complaint: str, at: datetime, text: str) -> None:
    """Keep what a citizen added."""
    connection.execute(sa.insert(completions), [{"complaint": complaint, "at": at, "text": text}])


def completions_of(connection: Connection, complaint: str) -> list[str]:
    """What a citizen added to a complaint, first to last."""
    select = sa.select(completions.c.text).where(completions.c.complaint == complaint).order_by(completions.c.id)
    return list(connection.execute(select).scalars())


def added() -> sa.Label[str | None]:
    """The column ``added``: all that a citizen added to a complaint, a line each; for selects of ``complaints``."""
    texts = sa.select(sa.func.aggregate_strings(completions.c.text, "\n")).where(
        completions.c.complaint == complaints.c.id
    )
    return texts.scalar_subquery().label("added")


def children_of(connection: Connection, complaint: str, queues: Collection[str]) -> list[str]:
    """The numbers of the complaints that were split off one and are in some queues."""
    select = (
        sa.select(complaints.c.id)
        .join(dispositions, dispositions.c.complaint == complaints.c.id)
        .where(complaints.c.parent == complaint, dispositions.c.queue.in_(queues))
        .order_by(complaints.c.id)
    )
    return list(connection.execute(select).scalars())


def texts_of_children(connection: Connection, complaint: str) -> set[str]:
    """The words of the complaints that were split off one."""
    return set(connection.execute(sa.select(complaints.c.text).where(complaints.c.parent == complaint)).scalars())


def parent_of(connection: Connection, complaint: str, queues: Collection[str]) -> str | None:
    """The number of the complaint that one was split off, where it is in some queues."""
    select = (
        sa.select(complaints.c.parent)
        .join(dispositions, dispositions.c.complaint == complaints.c.parent)
        .where(complaints.c.id == complaint, dispositions.c.queue.in_(queues))
    )
    found: str | None = connection.execute(select).scalar_one_or_none()
    return found


def recent_alike(
    connection: Connection, row: Row[Any], queues: Collection[str], since: str, limit: int
) -> list[Row[Any]]:
    """Complaints of the same sector and area (where both tell it), the latest first, in some queues.

    ``since``: the least number, which begins with the day.
    """
    select = (
        sa.select(complaints.c.id, complaints.c.text, complaints.c.received_at, dispositions.c.status)
        .join(dispositions, dispositions.c.complaint == complaints.c.id)
        .where(
            dispositions.c.complaint != row.id,
            dispositions.c.complaint >= since,
            dispositions.c.sector == row.sector,
            dispositions.c.queue.in_(queues),
        )
        .order_by(dispositions.c.complaint.desc())
        .limit(limit)
    )
    for name in ("kecamatan", "kelurahan"):
        column, value = complaints.c[name], row._mapping[name]
        if value is not None:
            select = select.where(sa.or_(column.is_(None), column == value))
    return list(connection.execute(select))


def open_ones(connection: Connection) -> Iterator[Row[Any]]:
    """All open complaints with their dispositions, in the order of the queues and of their turn, a few at a time.

    ``added``: what the citizen added; ``corrected``: whether an officer corrected or confirmed what was read.
    """
    corrected = sa.exists().where(corrections.c.complaint == complaints.c.id).label("corrected")
    joined = complaints.join(dispositions, dispositions.c.complaint == complaints.c.id)
    select = (
        sa.select(complaints, dispositions, added(), corrected)
        .select_from(joined)
        .where(IS_OPEN)
        .order_by(dispositions.c.queue, dispositions.c.rank, dispositions.c.deadline, dispositions.c.complaint)
    )
    yield from connection.execution_options(yield_per=500).execute(select)
