"""How a disposition follows corrections: pure."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from service.routing.decide import OFFICER_RULE, Case
from service.routing.follow import Standing, follow
from service.routing.load import read_routing
from service.routing.rules import Routing

NOW = datetime(2026, 6, 10, 3, tzinfo=UTC)
CAME = datetime(2026, 6, 1, 3, tzinfo=UTC)
LAMP = Case("penerangan_jalan", "sedang", "pengaduan", ["lampu", "jalan", "mati"])
AT = Standing("dpupr", "dpupr", OFFICER_RULE, "Tiang di proyek jalan", (), CAME)


@pytest.fixture(scope="module")
def routing() -> Routing:
    return read_routing()


def test_the_deadline_counts_from_when_the_complaint_came(routing: Routing) -> None:
    asked = replace(LAMP, kind="permintaan_informasi")
    made = follow(AT, LAMP, asked, None, "x", routing, NOW)
    assert (made.queue, made.rule, made.reason) == ("dpupr", OFFICER_RULE, AT.reason)
    assert made.deadline.due.date() == date(2026, 6, 8)


def test_deadlines_younger_than_the_complaint_hold_for_it_too(routing: Routing) -> None:
    young = tuple(replace(rule, valid_from=date(2026, 6, 9)) for rule in routing.deadlines)
    made = follow(AT, LAMP, replace(LAMP, urgency="rendah"), None, "x", replace(routing, deadlines=young), NOW)
    assert made.deadline.due.date() == date(2026, 6, 22)


@pytest.mark.parametrize(
    ("after", "department", "queue"),
    [
        (replace(LAMP, sector="lingkungan"), None, "dlh"),
        (replace(LAMP, sector="lingkungan"), "dishub", "dishub"),
        (replace(LAMP, words=["lurah", "minta", "pungli"]), None, "inspektorat-khusus"),
        (LAMP, "dpupr", "dpupr"),
    ],
)
def test_where_it_goes(routing: Routing, after: Case, department: str | None, queue: str) -> None:
    assert follow(AT, LAMP, after, department, "x", routing, NOW).queue == queue


def test_what_is_in_review_goes_by_the_rules(routing: Routing) -> None:
    at = Standing("dishub", "verifikasi", "perlu_verifikasi", "Perlu diperiksa", ("ragu_sektor",), CAME)
    made = follow(at, LAMP, LAMP, None, "x", routing, NOW)
    assert (made.queue, made.review_reasons) == ("dishub", ())
    assert made.deadline.due.date() > date(2026, 6, 22)
