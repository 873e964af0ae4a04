"""Complaints as Open311 asks for them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from service.store.tables import complaints, dispositions, events

SHOWN = (
    *(complaints.c[name] for name in ("id", "received_at", "text", "address")),
    *(dispositions.c[name] for name in ("sector", "department", "queue", "status", "deadline")),
    *(dispositions.c[name] for name in ("advice", "review_reasons")),
)
"""What an answer needs: of a long list most time would go into the rest."""


def find(
    connection: Connection,
    client: int | None,
    queues: Collection[str],
    limit: int,
    numbers: Sequence[str] | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    statuses: Sequence[str] | None = None,
    sectors: Sequence[str] | None = None,
) -> list[Row[Any]]:
    """Complaints with their dispositions that a client handed in or whose queues it sees, the latest first.

    ``client``: None for one that hands in nothing. Either ``numbers`` or ``start`` and ``end`` are given.
    """
    own = [] if client is None else [complaints.c.client == client]
    chosen = [sa.or_(dispositions.c.queue.in_(queues), *own)]
    if statuses is not None:
        chosen.append(dispositions.c.status.in_(statuses))
    if sectors is not None:
        chosen.append(dispositions.c.sector.in_(sectors))
    if start is not None and end is not None:
        number = dispositions.c.complaint if queues else complaints.c.id  # walk the one that tells
        numbers = _latest(connection, number, chosen, start, end, limit)
    select = (
        sa.select(*SHOWN)
        .join(dispositions, dispositions.c.complaint == complaints.c.id)
        .where(complaints.c.id.in_(numbers or ()), *chosen)
        .order_by(complaints.c.received_at.desc(), complaints.c.id)
    )
    return list(connection.execute(select))


def _latest(
    connection: Connection,
    number: sa.Column[str],
    chosen: Sequence[sa.ColumnElement[bool]],
    start: datetime,
    end: datetime,
    limit: int,
) -> list[str]:
    """The numbers of the latest complaints of a time.

    Numbers begin with the day in Jakarta, which is that of UTC or the next: they are walked from the last one back,
    until there are enough and their day has ended.
    """
    first, last = f"{start.astimezone(UTC):%Y%m%d}", f"{end.astimezone(UTC) + timedelta(days=2):%Y%m%d}"
    select = (
        sa.select(number, complaints.c.received_at)
        .select_from(complaints.join(dispositions, dispositions.c.complaint == complaints.c.id))
        .where(number >= first, number < last, complaints.c.received_at.between(start, end), *chosen)
        .order_by(number.desc())
        .execution_options(yield_per=limit)
    )
    found: list[tuple[datetime, str]] = []
    with connection.execute(select) as rows:
        for found_number, at in rows:
            if len(found) >= limit and found_number[:8] != found[-1][1][:8]:
                break
            found.append((at, found_number))
    return [found_number for _, found_number in sorted(found, reverse=True)[:limit]]


def last_told(
    connection: Connection, numbers: Sequence[str], told: Callable[[str, Mapping[str, Any]], bool]
) -> dict[str, tuple[datetime, str | None]]:
    """When each complaint's last event was that the sender is told of, and the last message to them.

    ``told``: whether they are, by the event's type and data.
    """
    select = (
        sa.select(events.c.complaint, events.c.at, events.c.type, events.c.data)
        .where(events.c.complaint.in_(numbers))
        .order_by(events.c.id)
    )
    found: dict[str, tuple[datetime, str | None]] = {}
    for complaint, at, type_, data in connection.execute(select):
        if not told(type_, data):
            continue
        found[complaint] = (at, data.get("message") or found.get(complaint, (at, None))[1])
    return found
