"""First answers, kept so that a repeated request gets the same one."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from service.store.tables import idempotency


def hold(connection: Connection, client: int, key: str) -> bool:
    """Keep other transactions from the same key until this one ends; False when another has it.

    SQLite needs nothing here: it has one writing transaction at a time, and ``marks`` for what has not come so far.
    """
    if connection.dialect.name != "postgresql":
        return True
    lock = sa.func.pg_try_advisory_xact_lock(sa.func.hashtextextended(f"{client} {key}", 3375))
    return bool(connection.execute(sa.select(lock)).scalar_one())


def first_answer(connection: Connection, client: int, key: str) -> Row[Any] | None:
    """What was answered first, and the hash of the body that was answered."""
    select = sa.select(idempotency).where(idempotency.c.client == client, idempotency.c.key == key)
    return connection.execute(select).one_or_none()


def keep(connection: Connection, client: int, key: str, body: str, answer: str, at: datetime) -> None:
    """Keep an answer."""
    row = {"client": client, "key": key, "body": body, "answer": answer, "created_at": at}
    connection.execute(sa.insert(idempotency), [row])


def forget(connection: Connection, before: datetime) -> None:
    """Remove answers that were kept before a moment."""
    connection.execute(sa.delete(idempotency).where(idempotency.c.created_at < before))
