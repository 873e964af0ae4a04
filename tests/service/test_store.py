"""The schema: what the migrations make, and what the database itself refuses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

from service.parts import Parts
from service.store.complaints import events_of, get
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


def test_rows_that_are_inserted_together_fail_alone(parts: Parts, intake: Api) -> None:
    number = intake.post("/v1/complaints", {"text": LAMP}).get_json()["id"]
    start = Barrier(8)

    def add(n: int) -> None:
        event = {"complaint": "nobody" if n == 3 else number, "at": datetime.now(UTC), "type": "claimed"}
        start.wait(10)
        parts.database.insert([(events, event | {"actor": "a", "queue": "dishub", "data": {"n": n}})])

    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(add, n) for n in range(8)]
        assert [type(one.exception(10)).__name__ for one in done if one.exception(10)] == ["IntegrityError"]
    with parts.database.read() as connection:
        kept = [event.data["n"] for event in events_of(connection, number) if event.type == "claimed"]
    assert sorted(kept) == [0, 1, 2, 4, 5, 6, 7]


def test_values_come_back_as_they_were_inserted(parts: Parts, intake: Api) -> None:
    text = "\"kutip\" 'satu' %s %(nama)s \\ garis\nbaris 😀 \u2028 {} null"
    sent = {"text": text, "occurred_at": "2026-11-24T23:59:59.123456+07:00", "anonymous": True}
    number = intake.post("/v1/complaints", sent | {"reporter": {"name": "N"}}).get_json()["id"]
    with parts.database.read() as connection:
        row = get(connection, number)
        told = events_of(connection, number)[0]
    assert row is not None
    assert (row.text, row.anonymous, row.confidential, row.address, row.secondary) == (text, True, False, None, [])
    assert row.occurred_at == datetime(2026, 11, 24, 16, 59, 59, 123456, UTC)
    assert row.prediction["sector"]["key"] == row.sector
    assert told.data["sector"] == row.sector


def end_other_connections(parts: Parts) -> None:
    with parts.database.read() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_kept_connection_that_the_server_ended_is_replaced(
    parts: Parts, intake: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    if parts.database.sqlite:
        pytest.skip("no server")
    intake.post("/v1/complaints", {"text": LAMP})
    end_other_connections(parts)
    monkeypatch.setattr("service.store.database.PAUSE", -1.0)
    assert intake.post("/v1/complaints", {"text": LAMP}).status_code == 201
    monkeypatch.setattr("service.store.database.PAUSE", 60.0)
    end_other_connections(parts)
    assert intake.post("/v1/complaints", {"text": LAMP}).status_code == 503
    assert intake.post("/v1/complaints", {"text": LAMP}).status_code == 201
