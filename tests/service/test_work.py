"""What officers do with a complaint."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
import sqlalchemy as sa

from model.lexicon import read_lexicon
from service.intake import prepare, rows_of
from service.keys import Client
from service.lifecycle import STATUSES, STEPS
from service.parts import Parts
from service.problems import Problem
from service.store import queues
from service.store.inserts import insert
from service.store.tables import complaints, dispositions, events, outbox
from service.sweep import sweep
from service.trial import moves
from service.work import Officer, take
from tests.service.conftest import LAMP, LEVY, Api, hand_in, told_events


def test_the_table_of_steps_is_sound() -> None:
    for step in STEPS.values():
        assert set(step.allowed) <= set(STATUSES)
        assert step.to is None or step.to in STATUSES


def test_a_complaint_through_its_life(intake: Api, dishub: Api) -> None:
    number = hand_in(intake)
    path = f"/v1/complaints/{number}"
    claimed = dishub.post("/v1/queues/dishub/claim", {"officer": "Rina"}).get_json()["complaint"]
    assert (claimed["id"], claimed["text"]) == (number, LAMP)
    assert claimed["claimed_by"].endswith("/Rina")
    assert dishub.post("/v1/queues/dishub/claim", {"officer": "Budi"}).get_json() == {"complaint": None}
    steps = [
        ("acknowledge", {"officer": "Rina", "message": "Kami periksa"}, "diproses"),
        ("ask", {"officer": "Rina", "message": "Gang berapa?"}, "perlu_kelengkapan"),
        ("complete", {"text": "Gang 3"}, "menunggu"),
        ("resolve", {"message": "Sudah menyala"}, "selesai"),
        ("reopen", {"reason": "Mati lagi"}, "menunggu"),
    ]
    for step, body, status in steps:
        api = intake if step in ("complete", "reopen") else dishub
        answer = api.post(f"{path}/{step}", body)
        assert (answer.status_code, answer.get_json()["status"]) == (200, status), step
    assert dishub.get(path).get_json()["completions"] == ["Gang 3"]
    expected = ["received", "claimed", "acknowledged", "completion_asked", "completed", "resolved", "reopened"]
    assert told_events(dishub, number) == expected
    seen = intake.get(f"{path}/events").get_json()["events"]
    assert [e["type"] for e in seen] == [t for t in expected if t != "claimed"]
    assert seen[2] == seen[2] | {"actor": None, "data": {"message": "Gang berapa?"}}


def test_every_event_has_its_outbox_row(intake: Api, dishub: Api, parts: Parts) -> None:
    number = hand_in(intake)
    dishub.post(f"/v1/complaints/{number}/resolve", {})
    with parts.database.read() as connection:
        assert list(connection.execute(sa.select(outbox.c.event)).scalars()) == list(
            connection.execute(sa.select(events.c.id)).scalars()
        )


def test_steps_follow_the_table(parts: Parts, intake: Api) -> None:
    number = hand_in(intake)
    officer = Officer(Client(0, "a", frozenset({"reviewer"}), frozenset(), None, None), None)
    now = datetime.now(UTC)
    for status, step in product(STATUSES, STEPS):
        with parts.database.write() as connection:
            queues.change(connection, number, {"status": status, "claimed_by": officer.actor})
            if status in STEPS[step].allowed:
                take(connection, number, step, officer, parts.routing, now)
            else:
                with pytest.raises(Problem, match=f"Cannot {step}"):
                    take(connection, number, step, officer, parts.routing, now)


def test_a_claim_keeps_other_officers_off_until_its_lease_ends(intake: Api, dishub: Api, parts: Parts) -> None:
    number = hand_in(intake)
    path = f"/v1/complaints/{number}"
    dishub.post("/v1/queues/dishub/claim", {"officer": "Rina", "minutes": 5})
    refused = dishub.post(f"{path}/acknowledge", {"officer": "Budi"})
    assert refused.status_code == 409
    assert "+07:00" in refused.get_json()["detail"]
    assert "claimed" in refused.get_json()["detail"]
    assert dishub.post("/v1/queues/dishub/claim", {"officer": "Budi", "complaint": number}).status_code == 409
    with parts.database.write() as connection:
        queues.change(connection, number, {"lease_until": datetime.now(UTC) - timedelta(seconds=1)})
    assert dishub.post("/v1/queues/dishub/claim", {"officer": "Budi"}).get_json()["complaint"]["id"] == number
    assert dishub.post(f"{path}/release", {"officer": "Budi"}).status_code == 200
    assert dishub.post("/v1/queues/dishub/claim", {"officer": "Rina"}).get_json()["complaint"]["id"] == number


def test_the_most_urgent_is_claimed_first(intake: Api, dishub: Api) -> None:
    numbers = [hand_in(intake) for _ in range(3)]
    correction = {"urgency": "tinggi", "reason": "Sudah ada yang jatuh"}
    dishub.post(f"/v1/complaints/{numbers[1]}/corrections", correction)
    claims = [dishub.post("/v1/queues/dishub/claim", {"officer": n}).get_json()["complaint"]["id"] for n in "abc"]
    assert claims == [numbers[1], *sorted((numbers[0], numbers[2]))]


def test_eight_officers_never_claim_the_same_complaint(dishub: Api, parts: Parts) -> None:
    now = datetime.now(UTC)
    with parts.database.write() as connection:
        sent = dict.fromkeys(("channel", "external_reference", "kecamatan", "kelurahan", "address"))
        sent |= {"text": LAMP, "client": 1, "occurred_at": None, "submitted_at": None}
        sent |= {"anonymous": False, "confidential": False}
        for _ in range(120):
            insert(connection, rows_of(prepare(sent, None, parts, now), "test"))

    def work(officer: int) -> list[str]:
        api = Api(dishub._client.application.test_client(), dishub.headers["Authorization"].split()[1])
        got = []
        while found := api.post("/v1/queues/dishub/claim", {"officer": f"petugas {officer}"}).get_json()["complaint"]:
            got.append(found["id"])
        return got

    with ThreadPoolExecutor(8) as pool:
        claims = Counter(number for got in pool.map(work, range(8)) for number in got)
    assert len(claims) == 120
    assert set(claims.values()) == {1}


def test_redirect_needs_a_reason_and_moves_the_complaint(intake: Api, dishub: Api, api_for: Callable[..., Api]) -> None:
    number = hand_in(intake)
    path = f"/v1/complaints/{number}"
    assert dishub.post(f"{path}/redirect", {"department": "dlh"}).status_code == 422
    assert dishub.post(f"{path}/redirect", {"department": "xyz", "reason": "x"}).status_code == 422
    assert dishub.post(f"{path}/redirect", {"department": "dishub", "reason": "x"}).status_code == 409
    moved = dishub.post(f"{path}/redirect", {"department": "dlh", "reason": "Pohon menutup lampu"}).get_json()
    assert (moved["department"], moved["queue"], moved["rule"]) == ("dlh", "dlh", "petugas")
    assert dishub.get(path).status_code == 404
    seen = api_for("department:dlh").get(f"{path}/events").get_json()["events"][-1]
    assert seen["data"] == {"from": "dishub", "to": "dlh", "reason": "Pohon menutup lampu"}


def test_a_department_can_send_back_to_review(intake: Api, dishub: Api, reviewer: Api) -> None:
    number = hand_in(intake)
    body = {"queue": "verifikasi", "reason": "Bukan wewenang kami"}
    assert dishub.post(f"/v1/complaints/{number}/redirect", body).get_json()["review_reasons"] == ["dikembalikan"]
    assert reviewer.get("/v1/queues/verifikasi").get_json()["complaints"][0]["id"] == number


def test_a_foreign_complaint_cannot_be_worked_on(intake: Api, dishub: Api, api_for: Callable[..., Api]) -> None:
    number = hand_in(intake, LEVY)
    for api in (dishub, api_for("admin"), api_for("reviewer")):
        for step in ("acknowledge", "release", "resolve"):
            assert api.post(f"/v1/complaints/{number}/{step}", {}).status_code == 404
        assert api.post("/v1/queues/inspektorat-khusus/claim", {}).status_code == 404
    assert api_for("intake").post(f"/v1/complaints/{number}/complete", {"text": "a"}).status_code == 404


def test_a_completion_that_accuses_moves_the_complaint_out_of_sight(
    intake: Api, dishub: Api, reviewer: Api, api_for: Callable[..., Api]
) -> None:
    number = hand_in(intake)
    path = f"/v1/complaints/{number}"
    dishub.post(f"{path}/ask", {"message": "Gang berapa?"})
    told = intake.post(f"{path}/complete", {"text": "Gang 3. Lurahnya minta uang, pungli, korupsi"})
    assert (told.status_code, told.get_json()["queue"]) == (200, "inspektorat-khusus")
    assert {api.get(path).status_code for api in (dishub, reviewer)} == {404}
    inspektorat = api_for("department:inspektorat")
    seen = inspektorat.get(path).get_json()
    assert (seen["rule"], seen["status"], seen["claimed_by"]) == ("dugaan_pungli_korupsi", "menunggu", None)
    assert seen["completions"] == ["Gang 3. Lurahnya minta uang, pungli, korupsi"]
    event = inspektorat.get(f"{path}/events").get_json()["events"][-1]
    assert (event["type"], event["data"]) == ("completed", {"from": "dishub", "to": "inspektorat-khusus"})


def test_who_enters_what_accuses_learns_nothing_of_where_it_went(intake: Api, dishub: Api) -> None:
    number, other = hand_in(intake), hand_in(intake)
    for one in (number, other):
        dishub.post(f"/v1/complaints/{one}/ask", {"message": "Gang berapa?"})
    levy = {"text": "Gang 3. Lurahnya minta uang, pungli, korupsi"}
    told = dishub.post(f"/v1/complaints/{number}/complete", levy).get_json()
    assert (set(told), told["id"], told["status"]) == ({"id", "status", "received_at"}, number, "menunggu")
    assert dishub.post(f"/v1/complaints/{other}/complete", {"text": "Gang 3"}).get_json()["queue"] == "dishub"
    children = dishub.post(f"/v1/complaints/{other}/children", {"texts": [LEVY, LAMP]}).get_json()["children"]
    assert set(children[0]) == {"id", "status", "received_at"}
    assert children[1]["queue"] == "dishub"


def test_an_accusing_completion_still_counts_when_the_labels_are_corrected(
    intake: Api, dishub: Api, parts: Parts, api_for: Callable[..., Api]
) -> None:
    number = hand_in(intake)
    path = f"/v1/complaints/{number}"
    dishub.post(f"{path}/ask", {"message": "Gang berapa?"})
    intake.post(f"{path}/complete", {"text": "Gang 3. Pegawai dishub minta uang 100 ribu"})
    body = {"sector": "perhubungan", "reason": "tentang petugas"}
    told = api_for("department:inspektorat").post(f"{path}/corrections", body).get_json()
    assert told["queue"] == "inspektorat-khusus"
    lexicon = read_lexicon()
    assert [move for move in moves(parts.database, parts.routing, lexicon, datetime.now(UTC)) if move] == []


def test_a_completion_is_read_together_with_the_message(intake: Api, reviewer: Api) -> None:
    number = hand_in(intake, "Mengurus surat di kantor kelurahan lama sekali, sudah dua minggu dan bolak-balik terus")
    path = f"/v1/complaints/{number}"
    reviewer.post(f"{path}/ask", {"message": "Surat apa?"})
    told = intake.post(f"{path}/complete", {"text": "Surat pindah. Petugasnya minta 200 ribu"}).get_json()
    assert told["queue"] == "inspektorat-khusus"


def test_what_the_inspektorat_passed_on_comes_back_for_a_new_allegation_only(
    intake: Api, dishub: Api, api_for: Callable[..., Api]
) -> None:
    number = hand_in(intake, LEVY)
    path = f"/v1/complaints/{number}"
    api_for("department:inspektorat").post(f"{path}/redirect", {"department": "dishub", "reason": "bukan dugaan"})
    for text, queue in (("Di loket dua", "dishub"), ("Pegawainya minta uang lagi", "inspektorat-khusus")):
        dishub.post(f"{path}/ask", {"message": "Di mana?"})
        assert intake.post(f"{path}/complete", {"text": text}).get_json()["queue"] == queue


def test_overdue_and_soon_due_are_listed(intake: Api, dishub: Api, parts: Parts) -> None:
    late, soon, later = hand_in(intake), hand_in(intake), hand_in(intake)
    now = datetime.now(UTC)
    with parts.database.write() as connection:
        queues.change(connection, late, {"deadline": now - timedelta(hours=1)})
        queues.change(connection, soon, {"deadline": now + timedelta(hours=1)})
    ids = [
        [c["id"] for c in dishub.get("/v1/queues/dishub", due=due).get_json()["complaints"]]
        for due in ("overdue", "soon")
    ]
    assert ids == [[late], [soon]]
    queue = dishub.get("/v1/queues").get_json()["queues"][0]
    assert (queue["open"], queue["overdue"], queue["soon"]) == (3, 1, 1)
    waiting = dishub.get("/v1/queues/dishub", status="menunggu").get_json()["complaints"]
    assert {c["id"] for c in waiting} == {late, soon, later}
    assert dishub.get("/v1/queues/dishub", due="never").status_code == 422


def test_stored_rows_stay_as_they_were_received(intake: Api, dishub: Api, parts: Parts) -> None:
    number = hand_in(intake)
    with parts.database.read() as connection:
        before = connection.execute(sa.select(complaints)).one()
    dishub.post(f"/v1/complaints/{number}/redirect", {"department": "dlh", "reason": "x"})
    with parts.database.read() as connection:
        assert connection.execute(sa.select(complaints)).one() == before
        assert connection.execute(sa.select(dispositions.c.queue)).scalar_one() == "dlh"


def test_release_needs_a_claim_of_ones_own(intake: Api, dishub: Api) -> None:
    path = f"/v1/complaints/{hand_in(intake)}"
    refused = dishub.post(f"{path}/release", {"officer": "Rina"})
    assert refused.status_code == 409
    assert "not claimed" in refused.get_json()["detail"]
    assert told_events(intake, path.rpartition("/")[2]) == ["received"]


def test_two_people_without_a_name_are_not_given_the_same_complaint(intake: Api, dishub: Api) -> None:
    number = hand_in(intake)
    for officer, again in (({}, 409), ({"officer": "Rina"}, 200)):
        assert dishub.post("/v1/queues/dishub/claim", officer | {"complaint": number}).status_code == 200
        second = dishub.post("/v1/queues/dishub/claim", officer | {"complaint": number})
        assert second.status_code == again, officer
        dishub.post(f"/v1/complaints/{number}/release", officer)


def test_the_end_of_a_claim_is_told_in_jakarta(intake: Api, dishub: Api) -> None:
    number = hand_in(intake)
    dishub.post("/v1/queues/dishub/claim", {"officer": "Rina"})
    assert "+07:00" in dishub.post(f"/v1/complaints/{number}/acknowledge", {"officer": "Budi"}).get_json()["detail"]
    claimed = dishub.get(f"/v1/complaints/{number}/events").get_json()["events"][-1]
    assert claimed["data"]["until"].endswith("+07:00")


def test_a_claim_shows_all_there_is(intake: Api, dishub: Api) -> None:
    number = hand_in(intake, reporter={"name": "Siti"})
    path = f"/v1/complaints/{number}"
    dishub.post(f"{path}/ask", {"message": "Gang berapa?"})
    intake.post(f"{path}/complete", {"text": "Gang 3"})
    child = dishub.post(f"{path}/children", {"texts": [LAMP]}).get_json()["children"][0]["id"]
    claimed = dishub.post("/v1/queues/dishub/claim", {"complaint": number}).get_json()["complaint"]
    assert claimed == dishub.get(path).get_json()
    assert (claimed["completions"], claimed["children"]) == (["Gang 3"], [child])
    assert claimed["reporter"]["name"] == "Siti"
    found = dishub.get("/v1/queues/dishub").get_json()["complaints"]
    listed = next(one for one in found if one["id"] == number)
    assert listed == {name: claimed[name] for name in listed}
    assert set(claimed) - set(listed) == {"reporter", "completions", "children"}


def test_a_duplicate_is_of_another_complaint_that_the_officer_sees(intake: Api, dishub: Api) -> None:
    number, hidden, other = hand_in(intake), hand_in(intake, LEVY), hand_in(intake)
    path = f"/v1/complaints/{number}/resolve"
    for wrong in ("zzz", number, hidden):
        refused = dishub.post(path, {"duplicate_of": wrong})
        assert refused.status_code == 422, wrong
        assert refused.get_json()["errors"][0]["place"] == "duplicate_of"
    assert dishub.post(path, {"duplicate_of": other}).status_code == 200
    last = dishub.get(f"/v1/complaints/{number}/events").get_json()["events"][-1]
    assert last["data"] == {"duplicate_of": other}


def test_a_completion_says_something(intake: Api, dishub: Api) -> None:
    path = f"/v1/complaints/{hand_in(intake)}"
    dishub.post(f"{path}/ask", {"message": "Di mana?"})
    assert intake.post(f"{path}/complete", {"text": "  "}).status_code == 422


def test_a_reopened_complaint_has_a_deadline_to_come(intake: Api, dishub: Api, parts: Parts) -> None:
    number = hand_in(intake)
    then = datetime.now(UTC) - timedelta(days=60)
    with parts.database.write() as connection:
        queues.change(connection, number, {"assigned_at": then, "deadline": then + timedelta(days=20)})
    assert sweep(parts, datetime.now(UTC)) == (0, 1)
    dishub.post(f"/v1/complaints/{number}/resolve", {})
    told = dishub.post(f"/v1/complaints/{number}/reopen", {"reason": "Belum selesai"}).get_json()
    assert datetime.fromisoformat(told["deadline"]) > datetime.now(UTC)
    assert sweep(parts, datetime.now(UTC) + timedelta(days=60)) == (0, 1)
