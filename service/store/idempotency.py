"""First answers, kept so that a repeated request gets the same one."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from service.store.inserts import Row as NewRow
from service.store.tables import idempotency


def first_answer(connection: Connection, client: int, key: str) -> Row[Any] | None:
    """What was answered first, and the hash of the body that was answered."""
    select = sa.select(idempotency).where(idempotency.c.client == client, idempotency.c.key == key)
    return connection.execute(select).one_or_none()


def row_of(client: int, key: str, body: str, answer: str, at: datetime) -> NewRow:
    """An answer to be kept."""
    return idempotency, {"client": client, "key": key, "body": body, "answer": answer, "created_at": at}


def forget(connection: Connection, before: datetime) -> None:
    """Remove answers that were kept before a moment."""
    connection.execute(sa.delete(idempotency).where(idempotency.c.created_at < before))
