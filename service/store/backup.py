"""Copies of an SQLite database, taken and put back while a server runs. PostgreSQL has programs of its own for this."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from service.store.database import Database, DatabaseError
from service.store.schema import revisions

PROGRAMS = "use pg_dump and pg_restore for PostgreSQL; service/README.md has the lines"


def backup(database: Database, target: Path) -> None:
    """Write a copy as it is at one moment; only its owner may read the file. It is checked before it gets its name.

    Raises
    ------
    DatabaseError
        The database is not SQLite, is not there, or the file exists already.
    """
    source = _file_of(database)
    if not source.exists():
        raise DatabaseError(f"{source} is not there; does DISPOSISI_VAR name the right folder?")
    if target.exists():
        raise DatabaseError(f"{target} exists; choose another name")
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(sqlite3.connect(source, timeout=15)) as old, closing(sqlite3.connect(part)) as new:
            old.backup(new)
            _check(new, part)
            new.execute("PRAGMA journal_mode=DELETE")  # one file is all there is
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(target)
    except sqlite3.DatabaseError as error:
        raise DatabaseError(f"{source} cannot be copied: {error}; restore an earlier copy") from error
    finally:
        part.unlink(missing_ok=True)


def restore(database: Database, source: Path) -> None:
    """Put a copy in the database's place, in one transaction: after it everything is the copy's, or nothing.

    Raises
    ------
    DatabaseError
        The database is not SQLite, or the file is no undamaged copy of one that this version knows.
    """
    target = _file_of(database)
    if not source.is_file():
        raise DatabaseError(f"{source} is not there")
    try:
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as old:
            _check(old, source)
            (revision,) = old.execute("SELECT version_num FROM alembic_version").fetchone()
            if revision not in revisions():
                raise DatabaseError(f"{source} is of a newer version, at revision {revision}; nothing was changed")
            with closing(sqlite3.connect(target, timeout=15)) as new:
                try:
                    old.backup(new)
                    new.execute("PRAGMA journal_mode=WAL")
                except sqlite3.DatabaseError as error:
                    raise DatabaseError(
                        f"{target} cannot be written over: {error}; move it, its -wal and its -shm away first"
                    ) from error
    except sqlite3.DatabaseError as error:
        raise DatabaseError(f"{source} cannot be restored: {error}; nothing was changed") from error


def _file_of(database: Database) -> Path:
    if not database.sqlite:
        raise DatabaseError(PROGRAMS)
    return Path(database.url.database or "")


def _check(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise DatabaseError(f"{path} is damaged: {found}")
