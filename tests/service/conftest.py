"""The real application on a real, migrated database, with a key for each role."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from model.city import DATA
from service.app import create_app
from service.config import Config
from service.keys import hashed, new_key
from service.parts import Parts
from service.store import keys
from service.store.database import Database
from service.store.schema import upgrade

LAMP = "Lampu jalan di Gang Melati mati sudah dua minggu, gelap sekali kalau malam, mohon diperbaiki"
LEVY = "Petugas kantor kelurahan melakukan pungli, kami dimintai uang 100 ribu untuk tanda tangan"


@pytest.fixture
def config(tmp_path: Path, shipped_models: Path) -> Config:
    return Config(
        var=tmp_path,
        database=f"sqlite:///{tmp_path / 'disposisi.db'}",
        models=shipped_models,
        data=DATA,
        log_level="WARNING",
    )


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    database = Database(config.database)
    upgrade(database)
    database.close()
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
