"""Corrections: what officers changed of a model's answer, and why."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from service.store.tables import complaints, corrections, dispositions


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


def everything(connection: Connection) -> Iterator[Row[Any]]:
    """Every correction with its complaint's text, prediction and queue, first to last."""
    select = (
        sa.select(
            corrections, complaints.c.text, complaints.c.prediction, complaints.c.model_version, dispositions.c.queue
        )
        .join(complaints, complaints.c.id == corrections.c.complaint)
        .join(dispositions, dispositions.c.complaint == complaints.c.id)
        .order_by(corrections.c.id)
    )
    yield from connection.execution_options(yield_per=500).execute(select)
