"""`GET /metrics`, in one process and in two."""

import json
import os
import signal
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

from service import sender
from service.metrics import _ended
from service.parts import Parts
from service.store import metrics, queues, webhooks
from service.store.database import Database
from tests.service.conftest import LAMP, LEVY, Api, copy_of, hand_in
from tests.service.load import children_of
from tests.service.running import running_server


def figures(text: str) -> dict[tuple[str, ...], float]:
    """Name and label values, by label name, to the figure."""
    families = text_string_to_metric_families(text)
    return {(s.name, *dict(sorted(s.labels.items())).values()): s.value for family in families for s in family.samples}


@pytest.fixture
def look(api_for: Callable[..., Api]) -> Callable[[], dict[tuple[str, ...], float]]:
    watcher = api_for("metrics")

    def ask() -> dict[tuple[str, ...], float]:
        answer = watcher.get("/metrics")
        assert (answer.status_code, answer.mimetype) == (200, "text/plain")
        return figures(answer.text)

    return ask


def test_requests_and_predictions_are_counted(intake: Api, look: Callable[[], dict[tuple[str, ...], float]]) -> None:
    hand_in(intake), hand_in(intake), hand_in(intake, "")
    intake.post("/v1/classify", {"text": LAMP}), intake.post("/v1/classify", {"texts": [LAMP]})
    intake.get("/v1/complaints/nothing")
    intake.get("/somewhere/else")
    intake.open("/health", method="PURGE")
    seen = look()
    assert seen["disposisi_requests_total", "POST", "/v1/complaints", "201"] == 3
    assert seen["disposisi_requests_total", "GET", "/v1/complaints/<complaint>", "404"] == 1
    assert seen["disposisi_requests_total", "POST", "/v1/classify", "200"] == 2
    assert seen["disposisi_requests_total", "-", "-", "404"] == 1
    assert seen["disposisi_requests_total", "-", "-", "405"] == 1
    assert seen["disposisi_request_seconds_count", "POST", "/v1/complaints"] == 3
    assert seen["disposisi_predictions_total", "false", "penerangan_jalan"] == 2
    assert sum(n for key, n in seen.items() if key[0] == "disposisi_predictions_total" and key[1] == "true") == 1


def test_what_waits_is_told(intake: Api, parts: Parts, look: Callable[[], dict[tuple[str, ...], float]]) -> None:
    number = hand_in(intake)
    hand_in(intake), hand_in(intake, LEVY)
    with parts.database.write() as connection:
        queues.change(connection, number, {"deadline": datetime.now(UTC) - timedelta(hours=1)})
        hook = {"name": "dishub", "url": "http://127.0.0.1:1/", "secret": "whsec_eA==", "queue": "dishub"}
        webhooks.add(connection, hook | {"created_at": datetime.now(UTC)})
    seen = look()
    assert seen["disposisi_queue_open", "dishub"] == 2
    assert seen["disposisi_queue_overdue", "dishub"] == 1
    assert 0 < seen["disposisi_queue_oldest_seconds", "dishub"] < 60
    assert ("disposisi_queue_open", "inspektorat-khusus") not in seen
    assert (seen["disposisi_outbox_waiting",], seen["disposisi_webhook_waiting", "dishub"]) == (3, 0)
    assert seen["disposisi_outbox_lag_seconds",] > 0
    sender.spread(parts.database)
    seen = look()
    assert (seen["disposisi_outbox_waiting",], seen["disposisi_webhook_waiting", "dishub"]) == (0, 2)
    assert (seen["disposisi_webhook_dead", "dishub"], seen["disposisi_database_up",]) == (0, 1)
    assert seen["disposisi_webhook_lag_seconds", "dishub"] > 0
    assert seen["disposisi_model_processes", parts.models.classifier.version] == 1


def test_the_oldest_is_so_by_its_time(intake: Api, parts: Parts) -> None:
    number, first = hand_in(intake), datetime(2026, 1, 5, 1, tzinfo=UTC)
    for name, hours in (("20260105-00000000", 5), ("20260105-ZZZZZZZZ", 0), ("20260106-00000000", 20)):
        copy_of(parts, number, name, first + timedelta(hours=hours))
    with parts.database.write() as connection:
        assert metrics.oldest(connection) == {"dishub": first}
        queues.change(connection, "20260105-ZZZZZZZZ", {"status": "selesai"})
        assert metrics.oldest(connection) == {"dishub": first + timedelta(hours=5)}


def test_a_repeated_request_counts_once(intake: Api, look: Callable[[], dict[tuple[str, ...], float]]) -> None:
    for _ in range(2):
        assert intake.post("/v1/complaints", {"text": LAMP}, Idempotency_Key="satu").status_code == 201
    assert look()["disposisi_predictions_total", "false", "penerangan_jalan"] == 1


def test_what_is_restricted_leaves_no_trace(
    intake: Api, reviewer: Api, parts: Parts, look: Callable[[], dict[tuple[str, ...], float]]
) -> None:
    number = hand_in(intake)
    before = look()
    reviewer.post(f"/v1/complaints/{number}/children", {"texts": [LEVY]})
    hand_in(intake, LEVY)
    with parts.database.write() as connection:
        hook = {"name": "insp", "url": "http://127.0.0.1:1/", "secret": "whsec_eA==", "queue": "inspektorat-khusus"}
        webhooks.add(connection, hook | {"created_at": datetime.now(UTC)})
    seen = look()
    counted = "disposisi_predictions_total"
    assert {key: n for key, n in seen.items() if key[0] == counted} == {
        key: n for key, n in before.items() if key[0] == counted
    }
    assert not [key for key in seen if "insp" in key]


def test_a_database_that_is_away_is_told(
    look: Callable[[], dict[tuple[str, ...], float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    look()

    def away(_: Database) -> None:
        raise sa.exc.OperationalError("", {}, OSError())

    monkeypatch.setattr(Database, "read", away)
    seen = look()
    assert seen["disposisi_database_up",] == 0
    assert ("disposisi_queue_open", "dishub") not in seen


@pytest.mark.skipif(os.name == "nt", reason="one process there")
def test_a_number_that_another_users_process_has_now_is_of_an_ended_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for process in (os.getpid(), 1):
        (tmp_path / f"gauge_livesum_{process}.db").touch()

    def signalled(process: int, _: int) -> None:
        if process == 1:
            raise PermissionError  # root, which tests may run as, is allowed everything

    monkeypatch.setattr(os, "kill", signalled)
    assert list(_ended(tmp_path)) == [1]


def test_the_counts_of_two_processes_are_added(tmp_path: Path, shipped_models: Path) -> None:
    with running_server(tmp_path / "var", shipped_models, "--workers", "2", "--threads", "1") as server:
        headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}

        def ask(path: str, body: bytes | None = None) -> str:
            request = urllib.request.Request(server.address + path, body, headers)
            with urllib.request.urlopen(request, timeout=10) as answer:
                return str(answer.read().decode())

        for _ in range(30):
            ask("/v1/complaints", json.dumps({"text": LAMP}).encode())
        time.sleep(1.5)  # each process counts once a second
        for _ in range(6):
            seen = figures(ask("/metrics"))
            assert seen["disposisi_requests_total", "POST", "/v1/complaints", "201"] == 30
            assert seen["disposisi_predictions_total", "false", "penerangan_jalan"] == 30
            assert seen["disposisi_queue_open", "dishub"] == 30
        version = json.loads(ask("/ready"))["model_version"]
        os.kill(children_of(server.process.pid)[-1], signal.SIGKILL)
        time.sleep(5)  # the next process is there and has told of itself
        end = time.monotonic() + 15
        while figures(ask("/metrics"))["disposisi_model_processes", version] != 2:
            assert time.monotonic() < end
            time.sleep(0.2)
