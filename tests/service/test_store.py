"""The schema: what the migrations make, and what the database itself refuses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from service.parts import Parts
from service.store.complaints import add_event, events_of
from service.store.database import Database, DatabaseError
from service.store.schema import newest, revision_of, upgrade
from service.store.tables import events, metadata
from tests.service.conftest import LAMP, Api


def test_the_migrations_make_the_tables_of_the_code(parts: Parts) -> None:
    with parts.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_migrations_make_the_indexes_of_the_code_with_their_conditions(parts: Parts) -> None:
    if not parts.database.sqlite:
        pytest.skip("PostgreSQL does not keep the words")
    with parts.database.read() as connection:
        made = set(
            connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql > ''").scalars()
        )
        indexes = [index for table in metadata.tables.values() for index in table.indexes]
        assert made == {str(sa.schema.CreateIndex(index).compile(connection)) for index in indexes}


def test_upgrading_twice_changes_nothing(parts: Parts) -> None:
    assert revision_of(parts.database) == newest()
    upgrade(parts.database)
    assert revision_of(parts.database) == newest()


@pytest.mark.parametrize("change", [sa.delete(events), sa.update(events).values(actor="another")])
def test_events_are_only_appended_to(intake: Api, parts: Parts, change: sa.Executable) -> None:
    intake.post("/v1/complaints", {"text": LAMP})
    with pytest.raises(DBAPIError, match="only appended to"), parts.database.write() as connection:
        connection.execute(change)


def test_sqlite_survives_a_power_cut(parts: Parts) -> None:
    if not parts.database.sqlite:
        pytest.skip("settings of SQLite")
    with parts.database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


@pytest.mark.parametrize("address", ["no address", "mysql://user@host/name"])
def test_an_unusable_address_is_told(address: str) -> None:
    with pytest.raises(DatabaseError, match="DISPOSISI_DATABASE"):
        Database(address)


def test_jobs_that_share_a_transaction_fail_alone(parts: Parts, intake: Api) -> None:
    number = intake.post("/v1/complaints", {"text": LAMP}).get_json()["id"]
    gate, started = Event(), Event()

    def slow(_: Connection) -> int:
        started.set()
        gate.wait(10)
        return 0

    def write(n: int) -> int:
        def job(connection: Connection) -> int:
            add_event(connection, number, datetime.now(UTC), "claimed", "a", "dishub", {"n": n})
            if n == 3:
                raise RuntimeError("three")
            return n

        return parts.database.together(job)

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(parts.database.together, slow)
        started.wait(10)
        others = [pool.submit(write, n) for n in range(6)]
        gate.set()
        assert first.result(10) == 0
        assert [other.result(10) for other in others if other is not others[3]] == [0, 1, 2, 4, 5]
        with pytest.raises(RuntimeError, match="three"):
            others[3].result(10)
    with parts.database.read() as connection:
        kept = [event.data["n"] for event in events_of(connection, number) if event.type == "claimed"]
    assert sorted(kept) == [0, 1, 2, 4, 5]
