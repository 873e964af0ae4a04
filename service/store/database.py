"""Connections: reading ones, and writing ones that are one transaction each."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Any

import pydantic_core
import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from service.store.inserts import Row, insert
from service.store.marks import Marks
from service.store.together import Together

SILENCE = {"connect_timeout": 3, "keepalives_idle": 10, "tcp_user_timeout": 15_000}
"""When a silent PostgreSQL server counts as gone: seconds to connect, seconds without a word until it is asked whether
it still lives, milliseconds until it must have answered that. The address may say otherwise (``?connect_timeout=10``).
"""

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000", "wal_autocheckpoint=8000")
"""SQLite loses nothing at a power cut. Its log grows to 32 MB before it is copied into the file, 8 times as far as it
would by itself: a page that many complaints change is then copied once."""

PAUSE = 1.0
"""Seconds after which a kept connection is asked first whether the server still hears it."""


class DatabaseError(RuntimeError):
    """The database cannot be used; the message says why and what to do."""


class Database:
    """One database, SQLite or PostgreSQL. Safe to share between threads; make it after a fork."""

    def __init__(self, address: str, running: Path | None = None) -> None:
        """``running``: the file by which processes tell what they work on; SQLite's is beside the database."""
        self.url = read_url(address)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = sqlite_engine(self.url) if self.sqlite else postgres_engine(self.url)
        self._writer = self.engine.execution_options(writes=True)
        self._autocommit = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._one_at_a_time = Lock()
        self._inserts: Together[Sequence[Row]] = Together(self._insert, self._one_at_a_time)
        self._inserter: Connection | None = None
        self._heard = 0.0
        beside = Path(f"{self.url.database}-running") if self.sqlite and self.url.database else None
        self.marks = Marks(beside or running)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: committed and durable when the block ends, undone when it raises.

        SQLite has one writer; threads of a process wait here in turn instead of polling the file.
        """
        if self.sqlite:
            with self._one_at_a_time, self._writer.begin() as connection:
                yield connection
        else:
            with self._writer.begin() as connection:
                yield connection

    def insert(self, rows: Sequence[Row]) -> None:
        """Insert rows in a transaction that rows of other threads share, since a commit costs the most."""
        self._inserts(rows)

    def _insert(self, waiting: Sequence[Sequence[Row]]) -> None:
        rows = list(chain.from_iterable(waiting))
        if self.sqlite:
            with self._writer.begin() as connection:
                insert(connection, rows)
        else:
            self._insert_kept(rows)

    def _insert_kept(self, rows: Sequence[Row]) -> None:
        """As one statement, on a connection that is kept: to take one from the pool costs as much as the rows.

        After a pause it is asked whether the server still hears it, as the pool does each time.
        """
        kept, now = self._inserter, time.monotonic()
        if kept and now > self._heard + PAUSE and not self._hears(kept):
            kept.close()
            kept = None
        kept = self._inserter = kept or self._autocommit.connect()
        try:
            insert(kept, rows)
        except Exception:
            self._inserter = None
            kept.close()
            raise
        self._heard = now

    def _hears(self, connection: Connection) -> bool:
        try:
            connection.exec_driver_sql("SELECT 1")
        except DBAPIError:
            return False
        return True

    def close(self) -> None:
        """Give back all connections; so does leaving a ``with`` block."""
        if self._inserter:
            self._inserter.close()
            self._inserter = None
        self.engine.dispose()
        self.marks.close()

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_url(address: str) -> URL:
    """The address of a database; ``postgresql://`` means psycopg 3.

    Raises
    ------
    DatabaseError
        It is no address, or of a database that is neither SQLite nor PostgreSQL.
    """
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise DatabaseError("DISPOSISI_DATABASE is no address; write postgresql://user@host/name") from error
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseError(f"DISPOSISI_DATABASE: {url.get_backend_name()} is not known; use sqlite or postgresql")
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def sqlite_engine(url: URL) -> Engine:
    """SQLite that loses nothing at a power cut: write-ahead log, synchronous FULL."""
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url, json_serializer=to_json, hide_parameters=True, pool_size=20, connect_args={"timeout": 15}
    )

    @sa.event.listens_for(engine, "connect")
    def settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the transaction begins below, not where the driver thinks
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def postgres_engine(url: URL) -> Engine:
    """PostgreSQL through psycopg 3; a connection that a restart broke is replaced before use."""
    try:
        return sa.create_engine(
            url,
            json_serializer=to_json,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=10,
            connect_args={name: value for name, value in SILENCE.items() if name not in url.query},
        )
    except ModuleNotFoundError as error:
        raise DatabaseError("PostgreSQL needs the extra: pip install disposisi[postgres]") from error


def to_json(value: Any) -> str:
    """JSON as it is stored."""
    return pydantic_core.to_json(value).decode()
