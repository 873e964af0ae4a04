"""A repeated request counts once."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from service import idempotency
from service.parts import Parts
from service.store.inserts import insert
from service.store.tables import complaints, events
from service.sweep import sweep
from tests.service.conftest import LAMP, Api


def stored(parts: Parts) -> int:
    with parts.database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(complaints)).scalar_one())


def test_same_key_and_body_get_the_first_answer(intake: Api, parts: Parts) -> None:
    first = intake.post("/v1/complaints", {"text": LAMP}, Idempotency_Key="a-1")
    again = intake.post("/v1/complaints", {"text": LAMP, "anonymous": False}, Idempotency_Key="a-1")
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert stored(parts) == 1


def test_another_body_is_refused(intake: Api, parts: Parts) -> None:
    intake.post("/v1/complaints", {"text": LAMP}, Idempotency_Key="a-1")
    assert intake.post("/v1/complaints", {"text": "lain"}, Idempotency_Key="a-1").status_code == 422
    assert stored(parts) == 1


def test_keys_of_two_clients_do_not_meet(intake: Api, parts: Parts, api_for) -> None:  # type: ignore[no-untyped-def]
    for api in (intake, api_for("intake")):
        assert api.post("/v1/complaints", {"text": LAMP}, Idempotency_Key="a-1").status_code == 201
    assert stored(parts) == 2


@pytest.mark.parametrize("key", ["", " ", "a b", "a" * 201])
def test_a_key_must_be_a_word(intake: Api, key: str) -> None:
    assert intake.post("/v1/complaints", {"text": LAMP}, Idempotency_Key=key).status_code == 422


def test_a_request_that_still_runs_is_told(intake: Api, parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = []
    rows = idempotency.Once.rows

    def meanwhile(self, answer, at):  # type: ignore[no-untyped-def]
        if not answers:
            answers.append(None)
            answers[0] = intake.post("/v1/complaints", {"text": LAMP}, Idempotency_Key="a-1")
        return rows(self, answer, at)

    monkeypatch.setattr(idempotency.Once, "rows", meanwhile)
    assert intake.post("/v1/complaints", {"text": LAMP}, Idempotency_Key="a-1").status_code == 201
    assert answers[0] is not None
    assert (answers[0].status_code, answers[0].headers["Retry-After"]) == (409, "1")
    assert stored(parts) == 1


@pytest.mark.parametrize("kept", [True, False])
def test_what_another_machine_works_on_is_waited_for(intake: Api, parts: Parts, kept: bool) -> None:
    if parts.database.sqlite:
        pytest.skip("a file on one machine")
    body = idempotency.hashlib.sha256(b"").hexdigest()
    with ThreadPoolExecutor(1) as pool, parts.database.engine.connect() as elsewhere:
        client = elsewhere.exec_driver_sql("SELECT max(id) FROM api_keys").scalar_one()
        insert(elsewhere, [idempotency.store.row_of(client, "a-1", body, "{}", datetime.now(UTC))])
        running = pool.submit(intake.post, "/v1/complaints", {"text": LAMP}, Idempotency_Key="a-1")
        time.sleep(0.3)
        assert not running.done()
        if kept:
            elsewhere.commit()
        else:
            elsewhere.rollback()
        assert running.result(10).status_code == (422 if kept else 201)
    assert stored(parts) == (0 if kept else 1)


def test_twenty_at_once_make_one_complaint(intake: Api, parts: Parts) -> None:
    def post(_: int) -> int:
        api = Api(intake._client.application.test_client(), intake.headers["Authorization"].split()[1])
        return api.post("/v1/complaints", {"text": LAMP}, Idempotency_Key="a-1").status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(post, range(20)))
    assert 201 in statuses
    assert statuses <= {201, 409}
    assert stored(parts) == 1


def test_a_failed_request_leaves_nothing(intake: Api, parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("service.store.database.insert", lambda *_: 1 / 0)
        assert intake.post("/v1/complaints", {"text": LAMP}, Idempotency_Key="a-1").status_code == 500
    assert stored(parts) == 0
    assert intake.post("/v1/complaints", {"text": LAMP}, Idempotency_Key="a-1").status_code == 201


def test_first_answers_are_forgotten_in_time(intake: Api, parts: Parts) -> None:
    intake.post("/v1/complaints", {"text": LAMP}, Idempotency_Key="a-1")
    sweep(parts, datetime.now(UTC) + idempotency.KEPT + timedelta(seconds=1))
    assert intake.post("/v1/complaints", {"text": "lain"}, Idempotency_Key="a-1").status_code == 201
    with parts.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(events)).scalar_one() >= 2
