"""A copy taken while complaints come in holds all that was answered before, and works as the database did."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from sqlalchemy.exc import DBAPIError

from disposisi import main
from service.app import create_app
from service.config import Config
from service.store.database import Database
from service.store.schema import newest, upgrade
from service.store.tables import events
from tests.service.conftest import LAMP, NEEDS_SERVER, Api, empty_database, hand_in


def db(config: Config, *words: str | Path) -> Result:
    environment = {"DISPOSISI_VAR": str(config.var), "DISPOSISI_DATABASE": config.database}
    return CliRunner().invoke(main, ["db", *map(str, words)], env=environment)


@contextmanager
def coming_in(intake: Api) -> Iterator[None]:
    """Complaints are handed in by two clients during the block."""
    stop = threading.Event()

    def many(_: int) -> None:
        api = Api(intake._client.application.test_client(), intake.headers["Authorization"].split()[1])
        while not stop.is_set():
            hand_in(api)

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(many, n) for n in range(2)]
        try:
            yield
        finally:
            stop.set()
        assert [one.result() for one in running] == [None, None]


def works_on(config: Config, intake: Api, answered: dict[str, str]) -> None:
    """Hold that a restored database has the complaints, and is worked on as before."""
    app = create_app(config)
    again = Api(app.test_client(), intake.headers["Authorization"].split()[1])
    for key, number in answered.items():
        assert again.get(f"/v1/complaints/{number}").status_code == 200
        replayed = again.post("/v1/complaints", {"text": LAMP}, Idempotency_Key=key)
        assert (replayed.get_json()["id"], replayed.headers["Idempotent-Replayed"]) == (number, "true")
    assert hand_in(again) not in answered.values()
    database = app.extensions["parts"].database
    with database.read() as connection:
        odd = "SELECT count(*) FROM complaints c WHERE (SELECT count(*) FROM events e WHERE e.complaint = c.id) <> 1"
        assert connection.exec_driver_sql(odd).scalar_one() == 0
        odd = "SELECT count(*) FROM events e WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.event = e.id)"
        assert connection.exec_driver_sql(odd).scalar_one() == 0
    with pytest.raises(DBAPIError, match="only appended to"), database.write() as connection:
        connection.execute(sa.delete(events))
    database.close()


@pytest.fixture
def answered(intake: Api) -> dict[str, str]:
    """Idempotency keys and numbers of complaints that were answered."""
    keys = [f"a-{n}" for n in range(3)]
    return {key: intake.post("/v1/complaints", {"text": LAMP}, Idempotency_Key=key).get_json()["id"] for key in keys}


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True, scope="session")
def test_a_copy_of_sqlite(intake: Api, config: Config, answered: dict[str, str], tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with coming_in(intake):
        made = db(config, "backup", copy)
    assert made.exit_code == 0, made.output
    assert copy.stat().st_mode & 0o077 == 0
    other = replace(config, var=tmp_path / "other", database=f"sqlite:///{tmp_path / 'other' / 'disposisi.db'}")
    assert db(other, "restore", copy).exit_code == 0
    works_on(other, intake, answered)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True, scope="session")
def test_a_copy_is_put_back_under_a_running_service(intake: Api, config: Config, tmp_path: Path) -> None:
    first = hand_in(intake)
    assert db(config, "backup", tmp_path / "copy.db").exit_code == 0
    second = hand_in(intake)
    refused = db(config, "restore", tmp_path / "copy.db")
    assert (refused.exit_code, "--replace" in refused.output) == (1, True)
    assert intake.get(f"/v1/complaints/{second}").status_code == 200
    assert db(config, "restore", tmp_path / "copy.db", "--replace").exit_code == 0
    assert intake.get(f"/v1/complaints/{first}").status_code == 200
    assert intake.get(f"/v1/complaints/{second}").status_code == 404
    hand_in(intake)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True, scope="session")
def test_what_is_no_copy_changes_nothing(intake: Api, config: Config, tmp_path: Path) -> None:
    number, bad = hand_in(intake), tmp_path / "bad.db"
    assert db(config, "backup", tmp_path / "copy.db").exit_code == 0
    whole = (tmp_path / "copy.db").read_bytes()
    spoiled = whole[:8192] + b"\xff" * 8192 + whole[16384:]
    newer = whole.replace(str(newest()).encode(), b"9999")
    for content in (b"no database at all" * 500, whole[: len(whole) // 2], spoiled, newer, b""):
        bad.write_bytes(content)
        told = db(config, "restore", bad, "--replace")
        assert (told.exit_code, str(bad) in told.output) == (1, True), told.output
    assert intake.get(f"/v1/complaints/{number}").status_code == 200
    told = db(config, "backup", tmp_path / "copy.db")
    assert (told.exit_code, "exists" in told.output) == (1, True)
    assert (tmp_path / "copy.db").read_bytes() == whole


@NEEDS_SERVER
@pytest.mark.parametrize("kind", ["postgresql"], indirect=True, scope="session")
def test_a_copy_of_postgresql(intake: Api, config: Config, answered: dict[str, str], tmp_path: Path) -> None:
    if shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not installed")
    told = db(config, "backup", tmp_path / "x")
    assert (told.exit_code, "pg_dump" in told.output) == (1, True)

    def run(*words: str) -> None:
        subprocess.run(words, check=True, timeout=60, capture_output=True)

    copy = str(tmp_path / "copy.dump")
    with coming_in(intake):
        run("pg_dump", "--format=custom", f"--file={copy}", config.database)
    with empty_database("postgresql", tmp_path) as other:
        run("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={other}", copy)
        with Database(other) as database:
            upgrade(database)
        works_on(replace(config, database=other), intake, answered)
