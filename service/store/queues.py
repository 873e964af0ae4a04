"""What waits in the queues."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from service.store.tables import complaints, dispositions


def counts(connection: Connection, open_statuses: Sequence[str]) -> dict[str, int]:
    """Queue to the number of complaints that are open in it; queues without any are left out."""
    select = (
        sa.select(dispositions.c.queue, sa.func.count())
        .where(dispositions.c.status.in_(open_statuses))
        .group_by(dispositions.c.queue)
    )
    return {row[0]: row[1] for row in connection.execute(select)}


def waiting(connection: Connection, queue: str, statuses: Sequence[str], limit: int, offset: int) -> list[Row[Any]]:
    """Complaints of a queue, the most urgent and the soonest due first."""
    select = (
        sa.select(complaints, dispositions)
        .join(dispositions, dispositions.c.complaint == complaints.c.id)
        .where(dispositions.c.queue == queue, dispositions.c.status.in_(statuses))
        .order_by(dispositions.c.rank, dispositions.c.deadline, complaints.c.id)
        .limit(limit)
        .offset(offset)
    )
    return list(connection.execute(select))
