"""The real application on a real, migrated database, with a key for each role."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import make_url
from werkzeug.test import TestResponse

from model.city import DATA
from service.app import create_app
from service.config import Config
from service.keys import hashed, new_key
from service.parts import Parts
from service.store import keys
from service.store.database import Database
from service.store.schema import upgrade
from service.store.tables import complaints, dispositions

LAMP = "Lampu jalan di Gang Melati mati sudah dua minggu, gelap sekali kalau malam, mohon diperbaiki"
LEVY = "Petugas kantor kelurahan melakukan pungli, kami dimintai uang 100 ribu untuk tanda tangan"


POSTGRES = os.environ.get("DISPOSISI_TEST_POSTGRES")
"""Address of a server where databases may be made, such as postgresql://postgres@127.0.0.1:5432/postgres."""


NEEDS_SERVER = pytest.mark.skipif(not POSTGRES, reason="set DISPOSISI_TEST_POSTGRES to a server's address")


def address_of(name: str) -> str:
    assert POSTGRES
    return make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


def on_server(statement: str) -> None:
    assert POSTGRES
    engine = Database(POSTGRES).engine
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@contextmanager
def empty_database(kind: str, folder: Path, template: str = "template1") -> Iterator[str]:
    """The address of a new database without tables, or with those of a template."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'disposisi.db'}"
        return
    name = f"disposisi_test_{secrets.token_hex(6)}"
    on_server(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield address_of(name)
    finally:
        on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=NEEDS_SERVER)])
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def migrated(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a migrated database that others are copied from."""
    with empty_database(kind, tmp_path_factory.mktemp("migrated")) as address:
        database = Database(address)
        upgrade(database)
        database.close()
        yield address


@pytest.fixture
def address(kind: str, migrated: str, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database."""
    name = make_url(migrated).database
    assert name
    if kind == "sqlite":
        shutil.copy(name, tmp_path / "disposisi.db")
    with empty_database(kind, tmp_path, template=name) as address:
        yield address


@pytest.fixture
def config(tmp_path: Path, shipped_models: Path, address: str) -> Config:
    return Config(
        var=tmp_path,
        database=address,
        models=shipped_models,
        data=DATA,
        log_level="WARNING",
    )


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    app = create_app(config)
    yield app
    app.extensions["parts"].database.close()


@pytest.fixture
def parts(app: Flask) -> Parts:
    found = app.extensions["parts"]
    assert isinstance(found, Parts)
    return found


class Api:
    """Speaks to the application with one key."""

    def __init__(self, client: FlaskClient, key: str | None) -> None:
        self._client = client
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def get(self, path: str, **query: Any) -> TestResponse:
        return self._client.get(path, query_string=query, headers=self.headers)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.post(path, json={} if body is None else body, headers=self.headers | named)

    def open(self, path: str, **options: Any) -> TestResponse:
        headers = self.headers | options.pop("headers", {})
        return self._client.open(path, headers=headers, **options)


def hand_in(intake: Api, text: str = LAMP, **more: object) -> str:
    answer = intake.post("/v1/complaints", {"text": text, **more})
    assert answer.status_code == 201
    return str(answer.get_json()["id"])


def copy_of(parts: Parts, complaint: str, number: str, received_at: datetime) -> None:
    """Store a complaint again under another number, as if it had come at another time."""
    with parts.database.write() as connection:
        for table, key in ((complaints, "id"), (dispositions, "complaint")):
            row = connection.execute(sa.select(table).where(table.c[key] == complaint)).one()._asdict()
            others = {"received_at": received_at} if table is complaints else {}
            connection.execute(sa.insert(table), [row | {key: number} | others])


def told_events(api: Api, number: str) -> list[str]:
    return [event["type"] for event in api.get(f"/v1/complaints/{number}/events").get_json()["events"]]


@pytest.fixture
def add_key(parts: Parts) -> Callable[..., str]:
    """Make a key with scopes."""

    def make(*scopes: str, per_minute: int | None = None, expires_at: datetime | None = None) -> str:
        key = new_key()
        with parts.database.write() as connection:
            name = f"{'+'.join(scopes)} {key[-6:]}"
            keys.add(connection, name, hashed(key), list(scopes), per_minute, datetime.now(UTC), expires_at)
        return key

    return make


@pytest.fixture
def api_for(app: Flask, add_key: Callable[..., str]) -> Callable[..., Api]:
    """Speak with a new key of some scopes; of no scope: with no key."""

    def make(*scopes: str, **options: Any) -> Api:
        return Api(app.test_client(), add_key(*scopes, **options) if scopes else None)

    return make


@pytest.fixture
def intake(api_for: Callable[..., Api]) -> Api:
    return api_for("intake")


@pytest.fixture
def reviewer(api_for: Callable[..., Api]) -> Api:
    return api_for("reviewer")


@pytest.fixture
def dishub(api_for: Callable[..., Api]) -> Api:
    return api_for("department:dishub")
