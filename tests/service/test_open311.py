"""Open311 GeoReport v2, by a client that others wrote and by hand."""

import json
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from flask import Flask
from georeport import GeoReport

from service.parts import Parts
from service.store import open311, queues
from tests.service.conftest import LAMP, LEVY, Api, copy_of, hand_in
from tests.service.running import running_server

PATH = "/open311/v2"
FORM = {"service_code": "penerangan_jalan", "description": LAMP, "address_string": "Gang Melati, Krapyak"}


def send(api: Api, ending: str = "json", **fields: str):  # type: ignore[no-untyped-def]
    key = api.headers["Authorization"].removeprefix("Bearer ")
    return api._client.post(f"{PATH}/requests.{ending}", data=FORM | {"api_key": key} | fields)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_client_that_others_wrote(form: str, tmp_path: Path, shipped_models: Path) -> None:
    with running_server(tmp_path / "var", shipped_models) as server:
        body = urlencode(FORM | {"api_key": server.key, "lat": "-6.88", "long": "109.67", "first_name": "Sari"})
        made = urllib.request.urlopen(f"{server.address}{PATH}/requests.json", body.encode(), timeout=10)
        assert made.status == 201
        number = json.load(made)[0]["service_request_id"]
        client = GeoReport(server.address.replace("//", f"//{server.key}:@") + PATH, output_format=form)
        assert {"penerangan_jalan", "lainnya"} <= {one["service_code"] for one in client.get_service_list()}
        definition = client.get_service_definition("penerangan_jalan")
        assert definition["service_code"] == "penerangan_jalan"
        found = client.get_service_request(number)
        assert (found["status"], found["service_code"]) == ("open", "penerangan_jalan")
        assert found["description"] == LAMP
        assert found["address"] == "Gang Melati, Krapyak; -6.88, 109.67"
        assert datetime.fromisoformat(found["requested_datetime"]) < datetime.fromisoformat(found["expected_datetime"])
        listed = client.get_service_requests(status="open", service_code="penerangan_jalan")
        assert (listed if form == "xml" else listed[0])["service_request_id"] == number


def test_a_request_is_a_complaint(intake: Api, dishub: Api) -> None:
    made = send(
        intake, email="sari@example.id", phone="0800000000", media_url="https://example.id/a.jpg", device_id="x"
    )
    assert made.status_code == 201
    number = made.get_json()[0]["service_request_id"]
    seen = dishub.get(f"/v1/complaints/{number}").get_json()
    assert (seen["channel"], seen["place"]["address"]) == ("open311", FORM["address_string"])
    assert seen["text"] == f"{LAMP}\nLampiran: https://example.id/a.jpg"
    assert (seen["reporter"]["email"], seen["reporter"]["phone"]) == ("sari@example.id", "0800000000")
    event = dishub.get(f"/v1/complaints/{number}/events").get_json()["events"][0]
    assert event["data"]["service_code"] == "penerangan_jalan"


def test_xml_is_as_the_standard_shows_it(intake: Api, dishub: Api) -> None:
    made = send(intake, "xml")
    notice = "Laporan Anda diteruskan ke Dinas Perhubungan."
    assert ElementTree.fromstring(made.data)[0].findtext("service_notice") == notice
    assert made.content_type == "text/xml; charset=utf-8"
    root = ElementTree.fromstring(made.data)
    assert (root.tag, root[0].tag, root[0][0].tag) == ("service_requests", "request", "service_request_id")
    services = ElementTree.fromstring(intake.get(f"{PATH}/services.xml").data)
    assert services.tag == "services"
    assert services[0].findtext("metadata") == "false"
    assert services[0].findtext("type") == "realtime"
    send(intake, description=LAMP + " <b> \x01 & \U0001f4a1")
    listed = ElementTree.fromstring(dishub.get(f"{PATH}/requests.xml").data)
    assert any("<b> \ufffd & \U0001f4a1" in (one.findtext("description") or "") for one in listed)


@pytest.mark.parametrize(
    ("fields", "code", "told"),
    [
        ({"service_code": ""}, 400, "service_code is missing"),
        ({"service_code": "xyz"}, 404, "not known"),
        ({"address_string": ""}, 400, "Give the place"),
        ({"lat": "-6.8"}, 400, "lat and long"),
        ({"lat": "abc", "long": "109.6"}, 400, "lat must be a number"),
        ({"lat": "-6.8", "long": "999"}, 400, "long must be a number"),
        ({"api_key": "wrong"}, 403, "send it as api_key"),
        ({"description": "a" * 100_000}, 400, "text: "),
        ({"api_key": ""}, 403, "API key"),
        ({"api_key": "wrong"}, 403, "API key"),
    ],
)
def test_errors_have_its_own_form(fields: dict[str, str], code: int, told: str, intake: Api) -> None:
    made = send(intake, **fields)
    assert made.status_code == code
    assert made.get_json()[0]["code"] == code
    assert told in made.get_json()[0]["description"]
    root = ElementTree.fromstring(send(intake, "xml", **fields).data)
    assert (root.tag, root[0].tag, root[0].findtext("code")) == ("errors", "error", str(code))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/services/xyz.json", 404),
        ("/services.yaml", 404),
        ("/requests/20260105-ABCDEFGH.json", 404),
        ("/requests.json?status=lost", 400),
        ("/requests.json?start_date=yesterday", 400),
        ("/requests.json?start_date=0001-01-01T00:00:00Z", 400),
    ],
)
def test_wrong_questions_are_told(path: str, code: int, dishub: Api) -> None:
    answer = dishub.open(PATH + path)
    assert (answer.status_code, answer.get_json()[0]["code"]) == (code, code)


@pytest.mark.parametrize(
    ("method", "path", "code"), [("DELETE", "/requests", 405), ("GET", "/nothing", 404), ("PUT", "/requests/1", 405)]
)
def test_unknown_addresses_and_methods_are_told_in_its_form(method: str, path: str, code: int, dishub: Api) -> None:
    answer = dishub.open(f"{PATH}{path}.json", method=method)
    assert (answer.status_code, answer.get_json()[0]["code"]) == (code, code)
    answer = dishub.open(f"{PATH}{path}.xml", method=method)
    assert ElementTree.fromstring(answer.data)[0].findtext("code") == str(code)
    assert dishub.open("/v1/nothing").mimetype == "application/problem+json"


def test_a_repeated_request_counts_once(intake: Api) -> None:
    key = intake.headers["Authorization"].removeprefix("Bearer ")

    def sent(ending: str, **fields: str):  # type: ignore[no-untyped-def]
        data, headers = FORM | {"api_key": key} | fields, {"Idempotency-Key": "satu"}
        return intake._client.post(f"{PATH}/requests.{ending}", data=data, headers=headers)

    first, again = sent("json"), sent("xml")
    number = first.get_json()[0]["service_request_id"]
    assert ElementTree.fromstring(again.data)[0].findtext("service_request_id") == number
    assert again.headers["Idempotent-Replayed"] == "true"
    assert sent("json", description="Lain lagi").status_code == 422
    assert len(intake.get(f"{PATH}/requests.json").get_json()) == 1


def test_coordinates_are_answered_to_those_who_see_the_place(intake: Api, dishub: Api) -> None:
    number = send(intake, lat="-6.88", long="109.67").get_json()[0]["service_request_id"]
    for api, point in ((dishub, (-6.88, 109.67)), (intake, (None, None))):
        found = api.get(f"{PATH}/requests/{number}.json").get_json()[0]
        assert (found["lat"], found["long"]) == point


def test_only_services_are_open_to_all(app: Flask, api_for: Callable[..., Api]) -> None:
    nobody = api_for()
    seen = 0
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PATH):
            path = rule.rule.replace("<format>", "json").replace("<code>", "sosial").replace("<number>", "x")
            for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
                expected = 200 if "/services" in path else 403
                assert nobody.open(path, method=method).status_code == expected, path
                seen += 1
    assert seen == 5
    assert send(api_for("department:dishub")).status_code == 403


def test_a_key_sees_what_it_sees_elsewhere(intake: Api, dishub: Api, api_for: Callable[..., Api]) -> None:
    number, levy = hand_in(intake), hand_in(intake, LEVY)
    mine = {one["service_request_id"]: one for one in intake.get(f"{PATH}/requests.json").get_json()}
    assert set(mine) == {number, levy}
    assert mine[number]["description"] is None
    theirs = dishub.get(f"{PATH}/requests.json").get_json()
    assert [(one["service_request_id"], one["description"]) for one in theirs] == [(number, LAMP)]
    assert api_for("intake").get(f"{PATH}/requests.json").get_json() == []
    for api in (api_for("reviewer"), api_for("admin")):
        assert api.get(f"{PATH}/requests/{levy}.json").status_code == 404
        assert api.get(f"{PATH}/requests.json", service_request_id=f"{number},{levy}").get_json()[0][
            "service_request_id"
        ] == (number)


def test_requests_are_found_by_status_service_and_time(intake: Api, dishub: Api, parts: Parts) -> None:
    lamp, done = hand_in(intake), hand_in(intake)
    dishub.post(f"/v1/complaints/{done}/resolve", {"message": "Sudah menyala"})
    now = datetime.now(UTC)

    def ids(**query: str) -> set[str]:
        return {one["service_request_id"] for one in intake.get(f"{PATH}/requests.json", **query).get_json()}

    assert ids() == ids(status="open,closed") == {lamp, done}
    assert (ids(status="open"), ids(status="closed")) == ({lamp}, {done})
    assert ids(service_code="penerangan_jalan,sosial") == {lamp, done}
    assert ids(service_code="sosial") == set()
    hour = timedelta(hours=1)
    assert ids(start_date=(now - hour).isoformat(), end_date=(now + hour).isoformat()) == {lamp, done}
    assert ids(end_date=(now - hour).isoformat()) == set()
    assert ids(start_date=(now + hour).isoformat()) == set()
    found = intake.get(f"{PATH}/requests/{done}.json").get_json()[0]
    assert (found["status"], found["status_notes"]) == ("closed", "Sudah menyala")
    assert found["updated_datetime"] >= found["requested_datetime"]
    with parts.database.write() as connection:
        queues.change(connection, lamp, {"sector": "sosial"})
    assert ids(service_code="sosial") == {lamp}


@pytest.mark.parametrize("query", ["service_request_id=%00", "service_code=%00", "jurisdiction_id=a%00"])
def test_a_nul_in_the_query_is_told(reviewer: Api, query: str) -> None:
    answer = reviewer.open(f"/open311/v2/requests.json?{query}")
    assert (answer.status_code, answer.get_json()[0]["code"]) == (400, 400)
    assert reviewer.get("/open311/v2/requests/%00.json").status_code == 404


def test_the_latest_are_chosen_by_their_time(intake: Api, parts: Parts) -> None:
    number, day = hand_in(intake), datetime(2026, 1, 5, 1, tzinfo=UTC)
    times = {"20260104-ZZZZZZZZ": -20, "20260105-ZZZZZZZZ": 0, "20260105-MMMMMMMM": 9, "20260105-00000000": 3}
    for name, hours in (times | {"20260106-00000000": 20}).items():
        copy_of(parts, number, name, day + timedelta(hours=hours))
    with parts.database.read() as connection:
        for client, seen in ((1, ()), (None, ("dishub",)), (1, ("dlh",))):
            for limit, end, names in (
                (1, 24, ["20260106-00000000"]),
                (2, 24, ["20260106-00000000", "20260105-MMMMMMMM"]),
                (2, 12, ["20260105-MMMMMMMM", "20260105-00000000"]),
                (9, 4, ["20260105-00000000", "20260105-ZZZZZZZZ"]),
            ):
                last = day + timedelta(hours=end)
                found = open311.find(connection, client, seen, limit, start=day - timedelta(hours=9), end=last)
                assert [row.id for row in found] == names
        assert open311.find(connection, None, (), 9, start=day, end=last) == []
