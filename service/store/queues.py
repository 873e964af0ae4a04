"""What waits in the queues, and the changes that officers make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from service.lifecycle import OPEN, RESOLVED, RUNNING
from service.store.complaints import added
from service.store.tables import IS_OPEN, IS_RESOLVED, NOT_ESCALATED, complaints, dispositions


@dataclass(frozen=True, slots=True)
class Load:
    """How many complaints of a queue are open, of these overdue, and due soon."""

    open: int
    overdue: int
    soon: int


def loads(connection: Connection, now: datetime, soon: datetime) -> dict[str, Load]:
    """Queue to its load; queues without an open complaint are left out."""
    runs = dispositions.c.status.in_(RUNNING)
    late = sa.and_(runs, dispositions.c.deadline < now)
    near = sa.and_(runs, dispositions.c.deadline >= now, dispositions.c.deadline <= soon)
    select = (
        sa.select(
            dispositions.c.queue,
            sa.func.count(),
            sa.func.sum(sa.case((late, 1), else_=0)),
            sa.func.sum(sa.case((near, 1), else_=0)),
        )
        .where(IS_OPEN)
        .group_by(dispositions.c.queue)
    )
    return {row[0]: Load(row[1], row[2], row[3]) for row in connection.execute(select)}


def _among(statuses: Sequence[str]) -> sa.ColumnElement[bool]:
    """In some states, told in the words of an index: open ones, or the resolved."""
    if RESOLVED in statuses:
        return IS_RESOLVED
    return IS_OPEN if set(statuses) == set(OPEN) else sa.and_(IS_OPEN, dispositions.c.status.in_(statuses))


def waiting(
    connection: Connection,
    queue: str,
    statuses: Sequence[str],
    due_from: datetime | None = None,
    due_until: datetime | None = None,
    *,
    limit: int,
    offset: int = 0,
) -> list[Row[Any]]:
    """Complaints of a queue, the most urgent and the soonest due first; open ones or resolved ones, not both."""
    in_turn = (dispositions.c.rank, dispositions.c.deadline, dispositions.c.complaint)
    numbers = sa.select(dispositions.c.complaint).where(dispositions.c.queue == queue, _among(statuses))
    if due_from is not None:
        numbers = numbers.where(dispositions.c.deadline >= due_from)
    if due_until is not None:
        numbers = numbers.where(dispositions.c.deadline <= due_until)
    page = numbers.order_by(*in_turn).limit(limit).offset(offset).subquery()  # from the index alone
    select = (
        sa.select(complaints, dispositions)
        .join(dispositions, dispositions.c.complaint == complaints.c.id)
        .join(page, page.c.complaint == complaints.c.id)
        .order_by(*in_turn)
    )
    return list(connection.execute(select))


def locked(connection: Connection, complaint: str) -> Row[Any] | None:
    """A complaint, its disposition and what was ``added``, held by this transaction until its end."""
    select = (
        sa.select(complaints, dispositions, added())
        .join(dispositions, dispositions.c.complaint == complaints.c.id)
        .where(complaints.c.id == complaint)
        .with_for_update(of=dispositions)
    )
    return connection.execute(select).one_or_none()


def next_free(connection: Connection, queue: str, statuses: Sequence[str], now: datetime) -> str | None:
    """The complaint to claim next, held by this transaction: no other transaction gets the same one.

    PostgreSQL skips rows that others hold; SQLite has one writing transaction at a time.
    """
    select = (
        sa.select(dispositions.c.complaint)
        .where(
            dispositions.c.queue == queue,
            _among(statuses),
            sa.or_(dispositions.c.lease_until.is_(None), dispositions.c.lease_until <= now),
        )
        .order_by(dispositions.c.rank, dispositions.c.deadline, dispositions.c.complaint)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found: str | None = connection.execute(select).scalar_one_or_none()
    return found


def change(connection: Connection, complaint: str, values: Mapping[str, Any]) -> None:
    """Change columns of a complaint's disposition."""
    connection.execute(sa.update(dispositions).where(dispositions.c.complaint == complaint).values(**values))


def due(connection: Connection, mark: str, until: datetime, assigned_until: datetime, limit: int) -> list[Row[Any]]:
    """Running dispositions due by then, not escalated, whose ``mark`` (reminded_at, escalated_at) is not set.

    They are held by this transaction. ``assigned_until``: what came to its queue later is left out.
    """
    select = (
        sa.select(dispositions)
        .where(NOT_ESCALATED, dispositions.c.deadline <= until, dispositions.c.assigned_at <= assigned_until)
        .order_by(dispositions.c.deadline, dispositions.c.complaint)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if mark != "escalated_at":
        select = select.where(dispositions.c[mark].is_(None))
    return list(connection.execute(select))
