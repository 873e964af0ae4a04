"""What was answered with 201 is stored, once, whatever dies; what was not can be sent again.

`tests/benchmarks/durability.py` does the same twenty times, and kills PostgreSQL itself.
"""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from service.store.database import Database
from tests.service.conftest import NEEDS_SERVER, on_server
from tests.service.load import (
    Sender,
    add_webhook,
    children_of,
    compare,
    database_of,
    handing_in,
    is_good,
    kill,
)
from tests.service.running import running_server


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    with Database(address) as database:
        add_webhook(database)
        yield database


@pytest.fixture
def senders() -> list[Sender]:
    return [Sender(f"client-{n}", keyed=n % 2 == 0) for n in range(4)]


def test_a_server_that_is_killed_loses_and_doubles_nothing(
    address: str, database: Database, senders: list[Sender], tmp_path: Path, shipped_models: Path
) -> None:
    var = tmp_path / "var"
    with running_server(var, shipped_models, database=address) as server, handing_in(senders, server):
        time.sleep(1)
        kill(server)
    assert all(sender.got for sender in senders)
    with running_server(var, shipped_models, database=address) as server:
        for sender in senders:
            sender.hand_in(server)
    found = compare(database, senders)
    assert is_good(found), found


@NEEDS_SERVER
@pytest.mark.parametrize("kind", ["postgresql"], indirect=True, scope="session")
def test_cut_connections_and_an_absent_database_end_requests_and_not_the_service(
    address: str, database: Database, senders: list[Sender], tmp_path: Path, shipped_models: Path
) -> None:
    name = make_url(address).database
    with running_server(tmp_path / "var", shipped_models, database=address) as server:
        processes = children_of(server.process.pid)
        with handing_in(senders, server):
            for allowed in (True, True, False, True):
                time.sleep(0.4)
                on_server(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}")
                on_server(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
                if not allowed:
                    assert database_of(server) == "does not answer"
            time.sleep(0.4)
            assert database_of(server) == "ok"
        assert children_of(server.process.pid) == processes
        for sender in senders:
            sender.hand_in(server)
    statuses = sum((sender.statuses for sender in senders), Counter[int]())
    assert set(statuses) == {201, 503}
    found = compare(database, senders)
    assert is_good(found), found
