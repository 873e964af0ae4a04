"""Complaints as Open311 asks for them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from service.store.tables import complaints, dispositions, events


def find(
    connection: Connection,
    client: int,
    queues: Collection[str],
    limit: int,
    numbers: Sequence[str] | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    statuses: Sequence[str] | None = None,
    sectors: Sequence[str] | None = None,
) -> list[Row[Any]]:
    """Complaints with their dispositions that a client handed in or whose queues it sees, the latest first."""
    select = (
        sa.select(complaints, dispositions)
        .join(dispositions, dispositions.c.complaint == complaints.c.id)
        .where(sa.or_(complaints.c.client == client, dispositions.c.queue.in_(queues)))
        .order_by(complaints.c.received_at.desc(), complaints.c.id)
        .limit(limit)
    )
    if numbers is not None:
        select = select.where(complaints.c.id.in_(numbers))
    if start is not None and end is not None:
        # Numbers begin with the day and have an index; the margin stands for zones.
        first, last = start - timedelta(days=2), end + timedelta(days=2)
        select = select.where(
            complaints.c.received_at.between(start, end),
            complaints.c.id.between(f"{first:%Y%m%d}", f"{last:%Y%m%d}"),
        )
    if statuses is not None:
        select = select.where(dispositions.c.status.in_(statuses))
    if sectors is not None:
        select = select.where(dispositions.c.sector.in_(sectors))
    return list(connection.execute(select))


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
