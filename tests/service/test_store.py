"""The schema: what the migrations make, and what the database itself refuses."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

from service.parts import Parts
from service.store.database import Database, DatabaseError
from service.store.schema import newest, revision_of, upgrade
from service.store.tables import events, metadata
from tests.service.conftest import LAMP, Api


def test_the_migrations_make_the_tables_of_the_code(parts: Parts) -> None:
    with parts.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


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
