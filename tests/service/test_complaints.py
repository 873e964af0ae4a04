"""A complaint comes in, is routed and stored."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from service.parts import Parts
from service.store.tables import complaints, dispositions, events, outbox, reporters
from tests.service.conftest import LAMP, LEVY, Api, hand_in


def test_a_complaint_gets_a_disposition(intake: Api) -> None:
    answer = intake.post("/v1/complaints", {"text": LAMP})
    assert answer.status_code == 201
    told = answer.get_json()
    assert told["sector"]["key"] == "penerangan_jalan"
    assert len(told["sector"]["alternatives"]) == 3
    assert told["urgency"]["key"] == "sedang"
    assert told["kind"]["key"] == "pengaduan"
    assert (told["department"], told["queue"], told["needs_review"]) == ("dishub", "dishub", False)
    assert told["deadline"].endswith("23:59:59+07:00")
    assert told["advice"] is None
    assert told["model_version"]


def test_complaint_disposition_event_and_outbox_row_are_stored_together(intake: Api, parts: Parts) -> None:
    reporter = {"name": "Siti", "phone": "0812-0000-0000"}
    place = {"kecamatan": "Utara", "kelurahan": "Krapyak"}
    intake.post("/v1/complaints", {"text": LAMP, "reporter": reporter, "place": place, "anonymous": True})
    with parts.database.read() as connection:
        for table in (complaints, dispositions, events, outbox, reporters):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 1, table
        stored = connection.execute(sa.select(complaints)).one()
        event = connection.execute(sa.select(events)).one()
    assert (stored.text, stored.kelurahan, stored.anonymous) == (LAMP, "Krapyak", True)
    assert event.type == "received"
    assert LAMP not in str(event.data)


def test_places_are_known_as_people_write_them_and_unknown_ones_reviewed(intake: Api, dishub: Api) -> None:
    place = {"kecamatan": "Kec. Pekalongan utara", "kelurahan": "Kelurahan KRAPYAK"}
    told = intake.post("/v1/complaints", {"text": LAMP, "place": place}).get_json()
    assert (told["queue"], told["review_reasons"]) == ("dishub", [])
    stored = dishub.get(f"/v1/complaints/{told['id']}").get_json()["place"]
    assert (stored["kecamatan"], stored["kelurahan"]) == ("Utara", "Krapyak")
    told = intake.post("/v1/complaints", {"text": LAMP, "place": {"kelurahan": "Atlantis"}}).get_json()
    assert (told["queue"], told["review_reasons"]) == ("verifikasi", ["lokasi_tidak_dikenal"])


def test_an_emergency_carries_the_112_advice(intake: Api) -> None:
    told = intake.post("/v1/complaints", {"text": "Tolong ada kebakaran rumah di Krapyak api besar sekali"}).get_json()
    assert told["urgency"]["key"] == "darurat"
    assert "112" in told["advice"]


def test_a_message_without_a_word_goes_to_review(intake: Api) -> None:
    for text in ("", "   ", "?!", "12345"):
        told = intake.post("/v1/complaints", {"text": text}).get_json()
        assert (told["queue"], told["review_reasons"]) == ("verifikasi", ["pesan_kosong"])


def test_only_the_inspektorat_sees_an_allegation(api_for: Callable[..., Api], intake: Api, reviewer: Api) -> None:
    told = intake.post("/v1/complaints", {"text": LEVY}).get_json()
    assert told["queue"] == "inspektorat-khusus"
    path = f"/v1/complaints/{told['id']}"
    for other in (reviewer, api_for("admin"), api_for("department:kecamatan"), api_for("intake")):
        assert other.get(path).status_code == 404
    for other in (reviewer, api_for("admin")):
        assert other.get("/v1/queues/inspektorat-khusus").status_code == 404
        assert "inspektorat-khusus" not in str(other.get("/v1/queues").get_json())
    inspektorat = api_for("department:inspektorat")
    assert inspektorat.get(path).get_json()["text"] == LEVY
    assert len(inspektorat.get("/v1/queues/inspektorat-khusus").get_json()["complaints"]) == 1


def test_a_department_sees_its_own_queues_only(api_for: Callable[..., Api], intake: Api, dishub: Api) -> None:
    told = intake.post("/v1/complaints", {"text": LAMP}).get_json()
    path = f"/v1/complaints/{told['id']}"
    assert dishub.get(path).get_json()["text"] == LAMP
    assert [queue["key"] for queue in dishub.get("/v1/queues").get_json()["queues"]] == ["dishub"]
    assert dishub.get("/v1/queues/dishub").get_json()["complaints"][0]["id"] == told["id"]
    assert dishub.get("/v1/queues/dlh").status_code == 404
    assert api_for("department:dlh").get(path).status_code == 404


def test_an_intake_key_sees_its_own_complaints_without_the_text(intake: Api, api_for: Callable[..., Api]) -> None:
    told = intake.post("/v1/complaints", {"text": LAMP}).get_json()
    seen = intake.get(f"/v1/complaints/{told['id']}")
    assert seen.get_json() == told
    assert api_for("intake").get(f"/v1/complaints/{told['id']}").status_code == 404


def test_the_reporter_is_shown_unless_anonymous(intake: Api, reviewer: Api) -> None:
    for anonymous in (False, True):
        body = {"text": LAMP, "reporter": {"name": "Siti"}, "anonymous": anonymous}
        number = intake.post("/v1/complaints", body).get_json()["id"]
        reporter = reviewer.get(f"/v1/complaints/{number}").get_json()["reporter"]
        assert reporter is None if anonymous else reporter["name"] == "Siti"


@pytest.mark.parametrize(
    "body",
    [{}, {"text": 5}, {"text": None}, {"text": "a", "unknown": 1}, {"text": "a\0b"}, {"text": "a" * 20_001}, [], "a"],
)
def test_wrong_values_are_refused_with_their_place(intake: Api, body: object) -> None:
    answer = intake.post("/v1/complaints", body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["errors"][0]["place"]


@pytest.mark.parametrize("when", ["9999-12-31T20:00:00+00:00", "0001-01-01T00:00:00+07:00", "1989-12-31T00:00:00Z"])
@pytest.mark.parametrize("name", ["occurred_at", "submitted_at"])
def test_a_time_that_cannot_be_is_refused(intake: Api, name: str, when: str) -> None:
    answer = intake.post("/v1/complaints", {"text": LAMP, name: when})
    assert answer.status_code == 422
    assert "between 1990 and now" in answer.get_json()["errors"][0]["message"]


def test_a_time_is_shown_in_jakarta(intake: Api, dishub: Api) -> None:
    number = hand_in(intake, occurred_at="2026-01-05T20:00:00-05:00")
    assert dishub.get(f"/v1/complaints/{number}").get_json()["occurred_at"] == "2026-01-06T08:00:00+07:00"


def test_queue_pages(intake: Api, dishub: Api) -> None:
    for _ in range(3):
        intake.post("/v1/complaints", {"text": LAMP})
    first = dishub.get("/v1/queues/dishub", limit=2).get_json()
    rest = dishub.get("/v1/queues/dishub", limit=2, offset=first["next_offset"]).get_json()
    assert len({c["id"] for c in first["complaints"] + rest["complaints"]}) == 3
    assert rest["next_offset"] is None
    assert dishub.get("/v1/queues/dishub", limit=0).status_code == 422
