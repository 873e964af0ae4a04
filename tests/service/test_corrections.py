"""Officers put right what the model read."""

from collections.abc import Callable

from tests.service.conftest import LAMP, Api, hand_in, told_events


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
