"""Every error has one shape."""

import logging

import pytest

from service.background import _repeat
from service.problems import ProblemDetails
from tests.service.conftest import LAMP, Api

JSON = {"Content-Type": "application/json"}


def test_errors_of_http_are_problem_details(intake: Api) -> None:
    cases = [
        (404, intake.get("/v1/nothing")),
        (405, intake.open("/v1/classify", method="DELETE")),
        (415, intake.open("/v1/classify", method="POST", data="text=a")),
        (400, intake.open("/v1/classify", method="POST", data="{", headers=JSON)),
        (400, intake.open("/v1/classify", method="POST", data=b'{"text": "\xff"}', headers=JSON)),
        (400, intake.open("/v1/classify", method="POST", data="[" * 100_000, headers=JSON)),
        (400, intake.open("/v1/classify", method="POST", data='{"text": "\\ud800"}', headers=JSON)),
        (413, intake.open("/v1/classify", method="POST", data=b" " * 8_000_001, headers=JSON)),
        (422, intake.post("/v1/classify", {})),
    ]
    for status, answer in cases:
        assert answer.status_code == status
        assert answer.content_type == "application/problem+json"
        assert ProblemDetails.model_validate_json(answer.data).status == status
    assert cases[1][1].headers["Allow"] == "POST"


def test_an_unforeseen_error_tells_and_logs_no_word_of_the_message(
    intake: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(text: str) -> None:
        raise RuntimeError(text)

    monkeypatch.setattr("service.models.Classifier.predict", lambda _self, text: fail(text))
    logging.getLogger("disposisi").addHandler(caplog.handler)
    try:
        answer = intake.post("/v1/classify", {"text": LAMP})
    finally:
        logging.getLogger("disposisi").removeHandler(caplog.handler)
    assert answer.status_code == 500
    assert "Lampu" not in answer.text
    fields = caplog.records[0].fields  # type: ignore[attr-defined]
    assert fields["error"] == "RuntimeError"
    assert "Lampu" not in str(fields)


def test_a_wrong_value_is_told_with_its_place_and_remedy(intake: Api) -> None:
    nul = intake.post("/v1/complaints", {"text": "a\0b"}).get_json()["errors"]
    assert nul == [{"place": "text", "message": "String should hold no NUL character (U+0000); remove it"}]
    items = intake.post("/v1/classify", {"texts": [5, LAMP, "a\0b"]}).get_json()["results"]
    assert [item["errors"] and item["errors"][0]["place"] for item in items] == ["texts.0", None, "texts.2"]


@pytest.mark.parametrize("path", ["/v1/complaints/%00x", "/v1/complaints/%00/events", "/v1/queues/%00", "/%00"])
def test_a_nul_in_a_path_is_no_address(reviewer: Api, path: str) -> None:
    answer = reviewer.get(path)
    assert (answer.status_code, answer.get_json()["status"]) == (404, 404)
    assert reviewer.post("/v1/complaints/%00/acknowledge").status_code == 404


def test_a_failed_job_is_logged_with_its_place(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def job() -> None:
        raise RuntimeError(LAMP)

    rounds = iter([0.0])
    monkeypatch.setattr("service.background.time.sleep", lambda _seconds: next(rounds))
    logging.getLogger("disposisi").addHandler(caplog.handler)
    try:
        with pytest.raises(StopIteration):
            _repeat(0, job)
    finally:
        logging.getLogger("disposisi").removeHandler(caplog.handler)
    fields = caplog.records[0].fields  # type: ignore[attr-defined]
    assert (fields["job"], fields["error"]) == ("job", "RuntimeError")
    assert fields["frames"][-1].endswith(" job")
    assert "Lampu" not in str(fields)


def test_every_answer_carries_security_headers_and_its_request_id(intake: Api) -> None:
    for answer in (intake.get("/health"), intake.get("/v1/nothing")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Request-Id"]
    asked = intake.open("/health", headers={"X-Request-Id": "abc-1"})
    assert asked.headers["X-Request-Id"] == "abc-1"
    forged = intake.open("/health", headers={"X-Request-Id": "a b"})
    assert forged.headers["X-Request-Id"] != "a b"
