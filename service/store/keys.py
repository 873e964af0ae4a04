"""API keys: only their hashes are stored."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from service.store.tables import api_keys


def add(
    connection: Connection,
    name: str,
    hashed: str,
    scopes: list[str],
    per_minute: int | None,
    created_at: datetime,
    expires_at: datetime | None,
) -> int:
    """Store a new key; returns its id."""
    insert = sa.insert(api_keys).values(
        name=name, hash=hashed, scopes=scopes, per_minute=per_minute, created_at=created_at, expires_at=expires_at
    )
    return int(connection.execute(insert.returning(api_keys.c.id)).scalar_one())


def by_hash(connection: Connection, hashed: str) -> Row[Any] | None:
    """The key with a hash, whether or not it is still valid."""
    return connection.execute(sa.select(api_keys).where(api_keys.c.hash == hashed)).one_or_none()


def by_name(connection: Connection, name: str) -> Row[Any] | None:
    """The key of a name."""
    return connection.execute(sa.select(api_keys).where(api_keys.c.name == name)).one_or_none()


def listed(connection: Connection) -> list[Row[Any]]:
    """All keys in the order they were made."""
    return list(connection.execute(sa.select(api_keys).order_by(api_keys.c.id)))


def revoke(connection: Connection, name: str, at: datetime) -> bool:
    """End a key; False where there is no such valid key."""
    update = sa.update(api_keys).where(api_keys.c.name == name, api_keys.c.revoked_at.is_(None)).values(revoked_at=at)
    return connection.execute(update).rowcount == 1


def used(connection: Connection, key: int, at: datetime) -> None:
    """Note the use of a key."""
    connection.execute(sa.update(api_keys).where(api_keys.c.id == key).values(last_used_at=at))
