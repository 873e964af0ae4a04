"""Corrections: what officers changed of a model's answer, and why."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from service.store.tables import complaints, corrections, dispositions, events


def add(
    connection: Connection,
    complaint: str,
    at: datetime,
    actor: str,
    reason: str,
    before: Mapping[str, str],
    after: Mapping[str, str],
) -> None:
    """Store a correction."""
    row = {
        "complaint": complaint,
        "at": at,
        "actor": actor,
        "reason": reason,
        "before": dict(before),
        "after": dict(after),
    }
    connection.execute(sa.insert(corrections), [row])


def of(connection: Connection, complaint: str) -> list[Row[Any]]:
    """The corrections of a complaint, first to last."""
    select = sa.select(corrections).where(corrections.c.complaint == complaint).order_by(corrections.c.id)
    return list(connection.execute(select))


def since_resolved(connection: Connection, complaint: str) -> list[Row[Any]]:
    """The corrections of a complaint since it was last resolved, first to last."""
    resolved = (
        sa.select(sa.func.max(events.c.at))
        .where(events.c.complaint == complaint, events.c.type == "resolved")
        .scalar_subquery()
    )
    select = (
        sa.select(corrections)
        .where(corrections.c.complaint == complaint, corrections.c.at >= resolved)
        .order_by(corrections.c.id)
    )
    return list(connection.execute(select))


def everything(connection: Connection, without: Collection[str], confidential: bool) -> Iterator[Row[Any]]:
    """Every correction with its complaint's text and prediction, by complaint and time, a few at a time.

    Those of complaints in the queues ``without`` are left out, and unless ``confidential`` those of confidential ones.
    """
    select = (
        sa.select(corrections, complaints.c.text, complaints.c.prediction, complaints.c.model_version)
        .join(complaints, complaints.c.id == corrections.c.complaint)
        .join(dispositions, dispositions.c.complaint == complaints.c.id)
        .where(dispositions.c.queue.not_in(without))
        .order_by(corrections.c.complaint, corrections.c.id)
    )
    if not confidential:
        select = select.where(complaints.c.confidential.is_(False))
    yield from connection.execution_options(yield_per=500).execute(select)


def corrected_in(connection: Connection, queues: Collection[str]) -> int:
    """How many complaints of some queues were corrected."""
    select = (
        sa.select(sa.func.count(sa.distinct(corrections.c.complaint)))
        .join(dispositions, dispositions.c.complaint == corrections.c.complaint)
        .where(dispositions.c.queue.in_(queues))
    )
    return int(connection.execute(select).scalar_one())


def corrected_confidential(connection: Connection, without: Collection[str]) -> int:
    """How many confidential complaints were corrected that are in none of some queues."""
    select = (
        sa.select(sa.func.count(sa.distinct(corrections.c.complaint)))
        .join(complaints, complaints.c.id == corrections.c.complaint)
        .join(dispositions, dispositions.c.complaint == corrections.c.complaint)
        .where(complaints.c.confidential, dispositions.c.queue.not_in(without))
    )
    return int(connection.execute(select).scalar_one())
