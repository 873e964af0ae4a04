"""Classifying without storing."""

import sqlalchemy as sa

from service.parts import Parts
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


def test_a_thousand_texts_and_no_more(intake: Api) -> None:
    assert len(intake.post("/v1/classify", {"texts": ["jalan rusak"] * 1_000}).get_json()["results"]) == 1_000
    assert intake.post("/v1/classify", {"texts": ["jalan rusak"] * 1_001}).status_code == 422
    assert intake.post("/v1/classify", {"texts": []}).status_code == 422
    assert intake.post("/v1/classify", {"text": "a", "texts": ["a"]}).status_code == 422
