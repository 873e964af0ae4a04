"""Officers put right what the model read."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.engine import Connection
from werkzeug.test import TestResponse

from model.classifier import Classifier
from model.prediction import Prediction
from service.parts import Parts
from service.store import queues
from service.store.database import Database
from service.sweep import sweep
from tests.service.conftest import LAMP, LEVY, Api, hand_in, told_events


def test_a_correction_moves_the_complaint_and_keeps_the_prediction(
    intake: Api, dishub: Api, api_for: Callable[..., Api]
) -> None:
    number = hand_in(intake)
    body = {"sector": "lingkungan", "reason": "Pohon yang menutup lampu", "officer": "Rina"}
    answer = dishub.post(f"/v1/complaints/{number}/corrections", body)
    assert answer.status_code == 201
    told = answer.get_json()
    assert (told["sector"]["key"], told["queue"], told["status"]) == ("lingkungan", "dlh", "menunggu")
    assert told["sector"]["alternatives"][0]["key"] == "penerangan_jalan"
    dlh = api_for("department:dlh")
    kept = dlh.get(f"/v1/complaints/{number}/corrections").get_json()["corrections"][0]
    assert kept["before"]["sector"] == "penerangan_jalan"
    assert kept["after"] == kept["before"] | {"sector": "lingkungan", "department": "dlh"}
    assert kept["actor"].endswith("/Rina")
    assert told_events(dlh, number) == ["received", "corrected"]


def test_correcting_the_urgency_keeps_the_queue_and_gives_the_advice(intake: Api, dishub: Api) -> None:
    number = hand_in(intake)
    before = dishub.get(f"/v1/complaints/{number}").get_json()
    told = dishub.post(
        f"/v1/complaints/{number}/corrections", {"urgency": "darurat", "reason": "Kabel menjuntai"}
    ).get_json()
    assert (told["queue"], told["rule"]) == ("dishub", before["rule"])
    assert "112" in told["advice"]
    assert told["deadline"] < before["deadline"]


def test_a_reviewer_confirms_or_corrects_what_is_in_review(intake: Api, reviewer: Api) -> None:
    unsure = hand_in(intake, "123")
    path = f"/v1/complaints/{unsure}/corrections"
    told = reviewer.post(path, {"reason": "Tidak ada pokok aduan", "sector": "lainnya"}).get_json()
    assert (told["queue"], told["needs_review"]) == ("operator", False)
    proposed = intake.post("/v1/complaints", {"text": "456"}).get_json()
    told = reviewer.post(f"/v1/complaints/{proposed['id']}/corrections", {"reason": "Benar"}).get_json()
    assert (told["department"], told["needs_review"]) == (proposed["department"], False)
    assert told["queue"] != "verifikasi"


def test_an_allegation_found_by_a_reviewer_becomes_invisible_to_them(
    intake: Api, reviewer: Api, api_for: Callable[..., Api]
) -> None:
    number = hand_in(intake, "789")
    path = f"/v1/complaints/{number}"
    told = reviewer.post(f"{path}/corrections", {"sector": "aparatur", "kind": "pengaduan", "reason": "Pungutan"})
    assert told.get_json()["queue"] == "inspektorat-khusus"
    assert reviewer.get(path).status_code == 404
    assert api_for("department:inspektorat").get(path).status_code == 200


def test_a_correction_must_change_something_known_and_say_why(intake: Api, dishub: Api) -> None:
    path = f"/v1/complaints/{hand_in(intake)}/corrections"
    for body in (
        {"sector": "lingkungan"},
        {"reason": "x", "sector": "xyz"},
        {"reason": "x", "department": "xyz"},
        {"reason": "", "sector": "lingkungan"},
    ):
        assert dishub.post(path, body).status_code == 422, body
    for body in ({"reason": "x"}, {"reason": "x", "sector": "penerangan_jalan"}):
        assert dishub.post(path, body).status_code == 409, body


def test_a_resolved_complaint_is_corrected_where_it_is(intake: Api, dishub: Api) -> None:
    number = hand_in(intake)
    dishub.post(f"/v1/complaints/{number}/resolve", {})
    told = dishub.post(f"/v1/complaints/{number}/corrections", {"sector": "energi", "reason": "Tiang PLN"}).get_json()
    assert (told["sector"]["key"], told["queue"], told["status"]) == ("energi", "dishub", "selesai")


def test_a_message_with_two_matters_is_split(intake: Api, api_for: Callable[..., Api]) -> None:
    rubbish = "Sampah menumpuk di TPS tidak diangkut truk sampah sudah seminggu, baunya menyengat"
    told = intake.post("/v1/complaints", {"text": f"{LAMP}. {rubbish}", "reporter": {"name": "Siti"}}).get_json()
    assert {told["sector"]["key"], *told["secondary_sectors"]} == {"penerangan_jalan", "lingkungan"}
    holder = api_for("reviewer")
    answer = holder.post(f"/v1/complaints/{told['id']}/children", {"texts": [LAMP, rubbish]})
    assert answer.status_code == 201
    children = answer.get_json()["children"]
    assert [child["queue"] for child in children] == ["dishub", "dlh"]
    assert {child["parent"] for child in children} == {told["id"]}
    parent = holder.get(f"/v1/complaints/{told['id']}").get_json()
    assert parent["children"] == sorted(child["id"] for child in children)
    assert holder.get(f"/v1/complaints/{children[0]['id']}").get_json()["reporter"]["name"] == "Siti"
    assert intake.get(f"/v1/complaints/{children[0]['id']}").status_code == 200


def test_one_matter_has_no_secondary_sector(intake: Api) -> None:
    for text in (LAMP, f"{LAMP}. Mohon segera diperbaiki ya pak. Terima kasih banyak atas perhatiannya."):
        assert intake.post("/v1/complaints", {"text": text}).get_json()["secondary_sectors"] == []


def test_probable_duplicates_are_suggested(intake: Api, dishub: Api, api_for: Callable[..., Api]) -> None:
    place = {"kecamatan": "Utara", "kelurahan": "Krapyak"}
    first = hand_in(intake, "Lampu PJU di gang Cempaka depan mushola mati seminggu", place=place)
    again = hand_in(intake, "lampu jalan gang cempaka dekat mushola mati, mohon diganti", place=place)
    other = hand_in(intake, "Lampu PJU jalan Setia Bhakti kedip kedip terus tiap malam", place=place)
    elsewhere = {"kecamatan": "Selatan", "kelurahan": "Jenggot"}
    hand_in(intake, "Lampu PJU di gang Cempaka depan mushola mati seminggu", place=elsewhere)
    found = dishub.get(f"/v1/complaints/{again}/duplicates").get_json()["suggestions"]
    assert [one["id"] for one in found] == [first]
    assert other not in str(found)
    assert api_for("department:dlh").get(f"/v1/complaints/{again}/duplicates").status_code == 404


def correct(api: Api, number: str, **changed: str) -> TestResponse:
    return api.post(f"/v1/complaints/{number}/corrections", {"reason": "x", **changed})


def test_a_redirect_outlives_a_correction_of_the_kind(intake: Api, dishub: Api, api_for: Callable[..., Api]) -> None:
    number, dpupr = hand_in(intake), api_for("department:dpupr")
    dishub.post(f"/v1/complaints/{number}/redirect", {"department": "dpupr", "reason": "Tiang di proyek jalan"})
    told = correct(dpupr, number, kind="permintaan_informasi").get_json()
    assert (told["queue"], told["rule"], told["reason"]) == ("dpupr", "petugas", "Tiang di proyek jalan")
    assert correct(dpupr, number, sector="lingkungan").get_json()["queue"] == "dlh"


def test_an_allegation_that_a_correction_reveals_leaves_even_an_officers_queue(
    intake: Api, dishub: Api, api_for: Callable[..., Api]
) -> None:
    number, dpupr = hand_in(intake), api_for("department:dpupr")
    correct(dishub, number, sector="aparatur", kind="aspirasi")
    api_for("admin").post(f"/v1/complaints/{number}/redirect", {"department": "dpupr", "reason": "x"})
    assert correct(dpupr, number, kind="pengaduan").get_json()["queue"] == "inspektorat-khusus"


def test_a_correction_gives_no_time_back(intake: Api, dishub: Api, parts: Parts) -> None:
    number = hand_in(intake)
    then = datetime.now(UTC) - timedelta(days=60)
    with parts.database.write() as connection:
        queues.change(connection, number, {"assigned_at": then, "deadline": then + timedelta(days=20)})
    sweep(parts, datetime.now(UTC))
    told = correct(dishub, number, urgency="rendah").get_json()
    assert datetime.fromisoformat(told["deadline"]) < datetime.now(UTC)
    assert [c["id"] for c in dishub.get("/v1/queues/dishub", due="overdue").get_json()["complaints"]] == [number]


def test_another_deadline_is_reminded_of_again(intake: Api, dishub: Api, parts: Parts) -> None:
    number = hand_in(intake)
    correct(dishub, number, urgency="darurat")
    late = datetime.now(UTC) + timedelta(days=12)
    assert sweep(parts, late) == (0, 1)
    correct(dishub, number, urgency="rendah")
    assert sweep(parts, late + timedelta(days=60)) == (0, 1)
    correct(dishub, number, urgency="sedang")
    assert sweep(parts, late + timedelta(days=60)) == (0, 0)


def test_a_correction_of_a_resolved_complaint_takes_effect_when_it_is_reopened(intake: Api, dishub: Api) -> None:
    number = hand_in(intake)
    dishub.post(f"/v1/complaints/{number}/resolve", {})
    assert correct(dishub, number, sector="lingkungan").status_code == 201
    kept = dishub.get(f"/v1/complaints/{number}/corrections").get_json()["corrections"][0]
    assert (kept["after"]["sector"], kept["after"]["department"]) == ("lingkungan", "dishub")
    refused = correct(dishub, number, department="dlh")
    assert refused.status_code == 409
    assert "reopen" in refused.get_json()["detail"]
    told = intake.post(f"/v1/complaints/{number}/reopen", {"reason": "Belum selesai"}).get_json()
    assert (told["queue"], told["department"], told["status"]) == ("dlh", "dlh", "menunggu")


def test_a_reopened_complaint_stays_where_it_was_resolved(
    intake: Api, dishub: Api, reviewer: Api, api_for: Callable[..., Api]
) -> None:
    number, dpupr = hand_in(intake), api_for("department:dpupr")
    dishub.post(f"/v1/complaints/{number}/redirect", {"department": "dpupr", "reason": "Proyek"})
    dpupr.post(f"/v1/complaints/{number}/resolve", {})
    told = intake.post(f"/v1/complaints/{number}/reopen", {"reason": "x"}).get_json()
    assert (told["queue"], told["rule"], told["reason"]) == ("dpupr", "petugas", "Proyek")
    unsure = intake.post("/v1/complaints", {"text": "123"}).get_json()
    reviewer.post(f"/v1/complaints/{unsure['id']}/resolve", {"message": "Pesan kosong"})
    told = reviewer.post(f"/v1/complaints/{unsure['id']}/reopen", {"reason": "x"}).get_json()
    same = ("queue", "department", "needs_review", "review_reasons", "rule", "advice")
    assert {name: told[name] for name in same} == {name: unsure[name] for name in same}


def test_the_sender_is_told_of_a_correction_that_moves_the_complaint(intake: Api, dishub: Api) -> None:
    number = hand_in(intake)
    correct(dishub, number, kind="permintaan_informasi")
    assert told_events(intake, number) == ["received"]
    correct(dishub, number, urgency="darurat")
    assert told_events(intake, number) == ["received", "corrected"]
    correct(dishub, number, sector="lingkungan")
    events = intake.get(f"/v1/complaints/{number}/events").get_json()["events"]
    assert [(event["type"], event["queue"], event["data"]) for event in events[1:]] == [
        ("corrected", "dishub", {}),
        ("corrected", "dlh", {}),
    ]


def test_what_is_restricted_leaves_no_trace_at_its_family(
    intake: Api, reviewer: Api, api_for: Callable[..., Api]
) -> None:
    number = hand_in(intake)
    path = f"/v1/complaints/{number}"
    lamp, levy = [
        child["id"] for child in reviewer.post(f"{path}/children", {"texts": [LAMP, LEVY]}).get_json()["children"]
    ]
    assert reviewer.get(path).get_json()["children"] == [lamp]
    assert levy not in reviewer.get(f"{path}/events").text
    inspektorat = api_for("department:inspektorat")
    assert inspektorat.get(f"/v1/complaints/{levy}").get_json()["parent"] is None
    assert reviewer.get(f"/v1/complaints/{lamp}").get_json()["parent"] == number
    hidden = hand_in(intake, LEVY)
    answer = inspektorat.post(f"/v1/complaints/{hidden}/children", {"texts": [LAMP]})
    shown = reviewer.get(f"/v1/complaints/{answer.get_json()['children'][0]['id']}").get_json()
    assert shown["parent"] is None


def test_each_matter_is_split_off_once(intake: Api, reviewer: Api) -> None:
    path = f"/v1/complaints/{hand_in(intake)}/children"
    assert reviewer.post(path, {"texts": [LAMP, f" {LAMP}"]}).status_code == 409
    assert reviewer.post(path, {"texts": ["  "]}).status_code == 422
    assert reviewer.post(path, {"texts": [LAMP]}).status_code == 201
    refused = reviewer.post(path, {"texts": [LAMP, "Trotoar depan pasar rusak berlubang"]})
    assert refused.status_code == 409
    assert "already" in refused.get_json()["detail"]


def test_a_split_reads_before_it_holds_the_database(
    intake: Api, reviewer: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, order = hand_in(intake), []
    read, write = Classifier.predict, Database.write

    def predict(self: Classifier, text: str) -> Prediction:
        order.append("read")
        return read(self, text)

    def begin(self: Database) -> AbstractContextManager[Connection]:
        order.append("write")
        return write(self)

    monkeypatch.setattr(Classifier, "predict", predict)
    monkeypatch.setattr(Database, "write", begin)
    assert reviewer.post(f"/v1/complaints/{number}/children", {"texts": [LAMP]}).status_code == 201
    assert order == sorted(order)
    assert set(order) == {"read", "write"}
