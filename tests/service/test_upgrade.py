"""Migrations from each earlier schema, with data in it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from service.app import create_app
from service.config import Config
from service.keys import hashed
from service.store.database import Database
from service.store.schema import newest, revision_of, revisions, upgrade
from tests.service.conftest import LAMP, Api, empty_database

NOW = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
ANSWER = {"key": "penerangan_jalan", "score": 0.9, "alternatives": [], "reasons": ["lampu"]}
ROWS = {
    "api_keys": {"name": "lama", "hash": hashed("dsp_old"), "scopes": ["admin"], "created_at": NOW},
    "complaints": {
        "id": "20260105-ABCDEFGH",
        "received_at": NOW,
        "client": 1,
        "text": LAMP,
        "anonymous": False,
        "confidential": False,
        "prediction": {"sector": ANSWER, "urgency": ANSWER | {"key": "sedang"}, "kind": ANSWER | {"key": "pengaduan"}},
        "model_version": "lama",
    },
    "dispositions": {
        "complaint": "20260105-ABCDEFGH",
        "sector": "penerangan_jalan",
        "urgency": "sedang",
        "kind": "pengaduan",
        "rank": 2,
        "department": "dishub",
        "queue": "dishub",
        "status": "menunggu",
        "rule": "bidang",
        "reason": "Bidang Penerangan jalan umum",
        "review_reasons": [],
        "assigned_at": NOW,
        "deadline": NOW,
        "deadline_rule": "pengaduan",
        "deadline_source": "x",
    },
    "events": {
        "complaint": "20260105-ABCDEFGH",
        "at": NOW,
        "type": "received",
        "actor": "lama",
        "queue": "dishub",
        "data": {},
    },
    "outbox": {"event": 1, "created_at": NOW},
}
"""A row of each table as the first schema had it."""


@pytest.fixture(params=revisions()[:-1])
def previous(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[str]:
    """The address of a database with data, at an earlier schema: as that of its first version was brought to it."""
    (tmp_path / "old").mkdir()
    with empty_database(kind, tmp_path / "old") as address:
        database = Database(address)
        upgrade(database, "0001")
        with database.write() as connection:
            tables = sa.MetaData()
            tables.reflect(connection)
            for name, row in ROWS.items():
                table = tables.tables[name]
                for column in table.c:
                    if column.name in ("scopes", "prediction", "review_reasons", "data"):
                        column.type = sa.JSON()
                connection.execute(sa.insert(table).values(**row))
        upgrade(database, request.param)
        assert revision_of(database) == request.param
        database.close()
        yield address


def test_an_old_database_is_upgraded_and_worked_on(previous: str, config: Config) -> None:
    database = Database(previous)
    upgrade(database)
    assert revision_of(database) == newest()
    database.close()
    app = create_app(Config(config.var, previous, config.models, config.data, log_level="WARNING"))
    api = Api(app.test_client(), "dsp_old")
    path = "/v1/complaints/20260105-ABCDEFGH"
    seen = api.get(path).get_json()
    assert (seen["text"], seen["secondary_sectors"], seen["parent"]) == (LAMP, [], None)
    with app.extensions["parts"].database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one() == 1
    claimed = api.post("/v1/queues/dishub/claim", {}).get_json()["complaint"]
    assert claimed["id"] == "20260105-ABCDEFGH"
    assert api.post(f"{path}/resolve", {}).get_json()["status"] == "selesai"
    told = [event["type"] for event in api.get(f"{path}/events").get_json()["events"]]
    assert told == ["received", "claimed", "resolved"]
    app.extensions["parts"].database.close()
