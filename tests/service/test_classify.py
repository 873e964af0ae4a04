"""Classifying without storing."""

import json
from collections.abc import Callable
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask

from service.keys import hashed
from service.parts import Parts
from service.store import keys
from service.store.tables import complaints
from tests.service.conftest import LAMP, Api


def test_one_text(intake: Api, parts: Parts) -> None:
    answer = intake.post("/v1/classify", {"text": LAMP})
    assert answer.status_code == 200
    assert answer.get_json() == parts.models.classifier.predict(LAMP).as_dict() | _plain(answer.get_json())
    with parts.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(complaints)).scalar_one() == 0


def _plain(told: dict[str, object]) -> dict[str, object]:
    """Lists where the dataclass has tuples."""
    return {key: told[key] for key in ("sector", "urgency", "kind", "review_reasons")}


def test_many_texts_with_errors_item_by_item(intake: Api) -> None:
    results = intake.post("/v1/classify", {"texts": [LAMP, 5, "a" * 20_001, ""]}).get_json()["results"]
    assert results[0]["prediction"]["sector"]["key"] == "penerangan_jalan"
    assert results[1]["errors"][0]["message"]
    assert results[1]["prediction"] is None
    assert results[2]["errors"][0]["message"]
    assert results[3]["prediction"]["review_reasons"] == ["pesan_kosong"]


def test_one_text_is_answered_as_flask_would(intake: Api) -> None:
    """The short way and Flask's own differ in nothing that a client sees."""
    one, many = intake.post("/v1/classify", {"text": LAMP}), intake.post("/v1/classify", {"texts": [LAMP]})
    assert one.get_json() == many.get_json()["results"][0]["prediction"]
    assert set(one.headers.keys()) == set(many.headers.keys())
    assert one.content_type == many.content_type
    body = {"input_stream": BytesIO(json.dumps({"text": LAMP}).encode()), "environ_base": {"wsgi.input_terminated": 1}}
    unmeasured = intake.open("/v1/classify", method="POST", content_type="application/json", **body)
    assert unmeasured.get_json() == one.get_json()


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"data": b'{"text": "jalan rusak"', "content_type": "application/json"}, 400),
        ({"data": b'{"text": 5}', "content_type": "application/json"}, 422),
        ({"data": b'{"text": "jalan rusak"}', "content_type": "text/plain"}, 415),
        ({"data": b'{"text": "' + b"a" * 8_000_000 + b'"}', "content_type": "application/json"}, 413),
        ({"json": {"text": "jalan rusak"}, "headers": {"Authorization": "Bearer dsp_wrong"}}, 401),
        ({"json": {"text": "jalan rusak"}, "method": "PUT"}, 405),
    ],
)
def test_what_is_wrong_is_told(intake: Api, options: dict[str, object], status: int) -> None:
    answer = intake.open("/v1/classify", **{"method": "POST", **options})
    assert (answer.status_code, answer.get_json()["status"]) == (status, status)
    assert answer.get_json()["request_id"] == answer.headers["X-Request-Id"]


def test_every_request_counts_once_for_the_rate(api_for: Callable[..., Api]) -> None:
    slow = api_for("intake", per_minute=3)
    bodies: list[object] = [{"text": 5}, {"texts": ["jalan rusak"]}, {"text": "jalan rusak"}, {"text": "jalan rusak"}]
    assert [slow.post("/v1/classify", body).status_code for body in bodies] == [422, 200, 200, 429]


def test_a_refused_request_goes_through_the_door_once(
    app: Flask, api_for: Callable[..., Api], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = api_for("metrics", per_minute=3)
    answers = [slow.post("/v1/classify", {"text": "jalan rusak"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 429]
    asked: list[str] = []
    by_hash = keys.by_hash
    monkeypatch.setattr(keys, "by_hash", lambda connection, hash_: asked.append(hash_) or by_hash(connection, hash_))
    assert Api(app.test_client(), "dsp_wrong").post("/v1/classify", {"text": "jalan rusak"}).status_code == 401
    assert asked == [hashed("dsp_wrong")]


def test_each_of_many_texts_counts_for_the_rate(api_for: Callable[..., Api]) -> None:
    slow = api_for("intake", per_minute=600)
    assert slow.post("/v1/classify", {"texts": ["jalan rusak"] * 1_000}).status_code == 200
    refused = slow.post("/v1/classify", {"text": "jalan rusak"})
    assert (refused.status_code, 30 < int(refused.headers["Retry-After"]) <= 41) == (429, True)


def test_many_texts_hold_so_many_characters_together(intake: Api) -> None:
    texts = ["jalan rusak " * 1_600] * 27
    refused = intake.post("/v1/classify", {"texts": texts})
    assert refused.status_code == 422
    assert "500000 are allowed" in refused.get_json()["errors"][0]["message"]
    assert intake.post("/v1/classify", {"texts": texts[:26]}).status_code == 200


def test_a_failing_model_is_told_as_a_problem(intake: Api, parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts.models, "classifier", None)
    answer = intake.post("/v1/classify", {"text": "jalan rusak"})
    assert (answer.status_code, answer.content_type) == (500, "application/problem+json")


def test_a_thousand_texts_and_no_more(intake: Api) -> None:
    assert len(intake.post("/v1/classify", {"texts": ["jalan rusak"] * 1_000}).get_json()["results"]) == 1_000
    assert intake.post("/v1/classify", {"texts": ["jalan rusak"] * 1_001}).status_code == 422
    assert intake.post("/v1/classify", {"texts": []}).status_code == 422
    assert intake.post("/v1/classify", {"text": "a", "texts": ["a"]}).status_code == 422
