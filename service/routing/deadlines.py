"""Deadlines in hours, or in working days of the Indonesian calendar with its collective leave (cuti bersama)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from service.routing.rules import Routing

JAKARTA = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when, by which rule, and the source of that rule. Working days end with the day in Jakarta."""

    due: datetime
    rule: str
    source: str


def deadline_of(
    urgency: str, kind: str, queue: str, routing: Routing, now: datetime, since: datetime | None = None
) -> Deadline:
    """The deadline of a complaint that was assigned then, or is now: the first rule that holds and is valid today."""
    since = since or now
    today, then = now.astimezone(JAKARTA).date(), since.astimezone(JAKARTA).date()
    for rule in routing.deadlines:
        if (
            rule.valid_from <= today
            and (not rule.urgency or urgency in rule.urgency)
            and (not rule.kind or kind in rule.kind)
            and (not rule.queue or queue in rule.queue)
        ):
            due = (
                since + timedelta(hours=rule.hours) if rule.hours else end_of(add_working_days(then, rule.working_days))
            )
            return Deadline(due, rule.name, rule.source)
    raise AssertionError("the rules are checked at load: the last deadline has no condition")


def end_of(day: date) -> datetime:
    """The last second of a day in Jakarta."""
    return datetime.combine(day, time(23, 59, 59), JAKARTA)


@lru_cache(maxsize=1000)
def add_working_days(day: date, days: int) -> date:
    """The working day that lies so many after ``day``; before it for a negative number.

    >>> add_working_days(date(2026, 3, 17), 1)  # Nyepi, Idul Fitri and their collective leave lie between
    datetime.date(2026, 3, 25)
    """
    step = timedelta(days=1 if days > 0 else -1)
    for _ in range(abs(days)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def is_working_day(day: date) -> bool:
    """Monday to Friday, neither a public holiday nor collective leave.

    >>> is_working_day(date(2026, 12, 24)), is_working_day(date(2026, 12, 23))
    (False, True)
    """
    return day.weekday() < 5 and day not in _free_days(day.year)


@lru_cache(maxsize=16)
def _free_days(year: int) -> frozenset[date]:
    """National holidays and collective leave; a year not yet decreed has the library's estimates."""
    return frozenset(holidays.country_holidays("ID", years=year, categories=("public", "government")))
