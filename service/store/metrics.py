"""Figures about what waits."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from service.store.tables import complaints, deliveries, dispositions, events, outbox, webhooks


def oldest(connection: Connection, statuses: Sequence[str]) -> dict[str, datetime]:
    """Queue to when the complaint came in that is open there the longest."""
    select = (
        sa.select(dispositions.c.queue, sa.func.min(complaints.c.received_at))
        .join(complaints, complaints.c.id == dispositions.c.complaint)
        .where(dispositions.c.status.in_(statuses))
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
    select = (
        sa.select(
            webhooks.c.name,
            sa.func.count(sa.case((waits, 1))),
            sa.func.count(sa.case((deliveries.c.next_at.is_(None), deliveries.c.event))),
            sa.func.min(sa.case((waits, events.c.at))),
        )
        .outerjoin(deliveries, deliveries.c.webhook == webhooks.c.id)
        .outerjoin(events, events.c.id == deliveries.c.event)
        .where(sa.or_(webhooks.c.queue.is_(None), webhooks.c.queue.not_in(hidden)))
        .group_by(webhooks.c.name)
        .order_by(webhooks.c.name)
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(select)]
