"""Figures about what waits."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from service.store.tables import IS_OPEN, complaints, deliveries, dispositions, events, outbox, webhooks


def oldest(connection: Connection) -> dict[str, datetime]:
    """Queue to when the complaint came in that is open there the longest.

    Numbers begin with the day: of the complaints themselves only those of a queue's first day are looked at.
    """
    first = (
        sa.select(dispositions.c.queue, sa.func.min(dispositions.c.complaint).label("number"))
        .where(IS_OPEN)
        .group_by(dispositions.c.queue)
        .subquery()
    )
    same_day = sa.func.substr(dispositions.c.complaint, 1, 8) == sa.func.substr(first.c.number, 1, 8)
    select = (
        sa.select(dispositions.c.queue, sa.func.min(complaints.c.received_at))
        .join(first, sa.and_(first.c.queue == dispositions.c.queue, same_day))
        .join(complaints, complaints.c.id == dispositions.c.complaint)
        .where(IS_OPEN)
        .group_by(dispositions.c.queue)
    )
    return {row[0]: row[1] for row in connection.execute(select)}


def outbox_waiting(connection: Connection) -> tuple[int, datetime | None]:
    """How many events wait in the outbox, and the oldest one's time."""
    row = connection.execute(sa.select(sa.func.count(), sa.func.min(outbox.c.created_at))).one()
    return row[0], row[1]


def webhooks_waiting(connection: Connection, hidden: Collection[str]) -> list[tuple[str, int, int, datetime | None]]:
    """Of each webhook: name, how many deliveries wait and were given up, the time of the oldest waiting event.

    ``hidden``: queues whose webhooks are left out.
    """
    waits = deliveries.c.next_at.is_not(None)
    counts = (
        sa.select(
            deliveries.c.webhook,
            sa.func.count().label("everything"),
            sa.func.count(deliveries.c.next_at).label("waiting"),
            sa.func.min(sa.case((waits, deliveries.c.event))).label("first"),
        )
        .group_by(deliveries.c.webhook)
        .subquery()
    )
    select = (
        sa.select(webhooks.c.name, counts.c.waiting, counts.c.everything, events.c.at)
        .outerjoin(counts, counts.c.webhook == webhooks.c.id)
        .outerjoin(events, events.c.id == counts.c.first)
        .where(sa.or_(webhooks.c.queue.is_(None), webhooks.c.queue.not_in(hidden)))
        .order_by(webhooks.c.name)
    )
    rows = connection.execute(select)
    return [(name, waiting or 0, (every or 0) - (waiting or 0), at) for name, waiting, every, at in rows]
