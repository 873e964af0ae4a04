"""Two server processes on one database: what they must know of one another."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from service.keys import hashed, new_key
from service.store import keys
from service.store.database import Database
from service.store.tables import complaints
from tests.service.conftest import LAMP, empty_database
from tests.service.load import kill
from tests.service.running import Server, post, running_server

Answer = tuple[int, dict[str, str]]
Hold = Callable[[], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def shared(kind: str, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database for several servers."""
    folder = tmp_path_factory.mktemp("shared")
    with empty_database(kind, folder, template=make_url(migrated).database or "") as address, Database(address) as it:
        yield it


@pytest.fixture(scope="module")
def servers(shared: Database, shipped_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Two servers with the same settings."""
    var, address = tmp_path_factory.mktemp("var"), shared.url.render_as_string(hide_password=False)
    with (
        running_server(var, shipped_models, database=address) as one,
        running_server(var, shipped_models, database=address) as two,
    ):
        yield [one, two]


@pytest.fixture
def hold(shared: Database) -> Hold:
    """Keep requests from storing a complaint for the block, so that they still run."""

    @contextmanager
    def held() -> Iterator[None]:
        with shared.write() as connection:
            if not shared.sqlite:
                connection.exec_driver_sql("LOCK TABLE complaints IN SHARE MODE")
            yield

    return held


def hand_in(server: Server, key: str, text: str = LAMP) -> Answer:
    status, _, answer = post(server, "/v1/complaints", {"text": text}, Idempotency_Key=key)
    return status, answer


def stored(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(complaints)).scalar_one())


def begin(pool: ThreadPoolExecutor, server: Server, key: str) -> Future[Answer]:
    """A request that has been sent and is not answered yet."""
    running = pool.submit(hand_in, server, key)
    time.sleep(0.5)
    assert not running.done()
    return running


def test_what_runs_in_one_process_is_told_in_the_other(servers: list[Server], shared: Database, hold: Hold) -> None:
    one, two = servers
    before = stored(shared)
    with ThreadPoolExecutor(1) as pool, hold():
        first = begin(pool, one, "a-1")
        status, headers, told = post(two, "/v1/complaints", {"text": LAMP}, Idempotency_Key="a-1")
        assert (status, headers["Retry-After"], told["title"]) == (409, "1", "Conflict")
        assert hand_in(two, "a-1", "lain")[0] == 409
    status, answer = first.result()
    assert status == 201
    assert hand_in(two, "a-1") == hand_in(one, "a-1") == (201, answer)
    assert hand_in(two, "a-1", "lain")[0] == 422
    assert stored(shared) == before + 1


def test_many_at_once_to_both_make_one_complaint_a_key(servers: list[Server], shared: Database) -> None:
    before = stored(shared)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: (n // 8, *hand_in(servers[n % 2], f"b-{n // 8}")), range(80)))
    assert {status for _, status, _ in answers} <= {201, 409}
    assert len({answer["id"] for _, status, answer in answers if status == 201}) == 10
    assert {key for key, status, _ in answers if status == 201} == set(range(10))
    assert stored(shared) == before + 10


def test_all_processes_together_hold_a_key_to_its_rate(tmp_path: Path, shipped_models: Path) -> None:
    var = tmp_path / "var"
    with (
        running_server(var, shipped_models, "--workers", "2", "--threads", "2") as server,
        ThreadPoolExecutor(8) as pool,
    ):
        with Database(f"sqlite:///{var / 'disposisi.db'}") as database, database.write() as connection:
            key = new_key()
            keys.add(connection, "kanal", hashed(key), ["intake"], 60, datetime.now(UTC), None)
        began = time.monotonic()
        limited = replace(server, key=key)
        statuses = Counter(pool.map(lambda _: post(limited, "/v1/classify", {"text": LAMP})[0], range(240)))
        refilled = time.monotonic() - began
    assert set(statuses) == {200, 429}
    assert 60 <= statuses[200] <= 60 + refilled + 3


def test_a_process_that_dies_leaves_no_key_locked(servers: list[Server], shared: Database, hold: Hold) -> None:
    one, two = servers
    before = stored(shared)
    with ThreadPoolExecutor(1) as pool, hold():
        begin(pool, one, "c-1")
        kill(one)
        time.sleep(0.2)
    end = time.monotonic() + 10
    while (answered := hand_in(two, "c-1"))[0] == 409 and time.monotonic() < end:
        time.sleep(0.1)
    assert answered[0] == 201
    assert stored(shared) == before + 1
