"""From a case to its disposition: the first rule that matches decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from service.routing.deadlines import Deadline, deadline_of
from service.routing.phrases import pattern, spoken
from service.routing.rules import Routing, Rule, When

SECTOR_RULE = "bidang"
"""Name of the decision that no rule made: the complaint went to the department of its sector."""

OFFICER_RULE = "petugas"
"""Name of the decision that an officer made."""


@dataclass(frozen=True, slots=True)
class Case:
    """What routing may look at. ``words``: the unstemmed standard words of the message (model.text).

    ``review_reasons`` name why a person should look first; a case with none needs no review.
    """

    sector: str
    urgency: str
    kind: str
    words: Sequence[str]
    review_reasons: tuple[str, ...] = ()
    kecamatan: str | None = None
    kelurahan: str | None = None


@dataclass(frozen=True, slots=True)
class Disposition:
    """The decision. ``department``: who handles it, for a case under review who would; ``queue``: where it waits."""

    department: str
    queue: str
    rule: str
    reason: str
    advice: str | None
    deadline: Deadline
    review_reasons: tuple[str, ...]


def decide(case: Case, routing: Routing, now: datetime) -> Disposition:
    """Where a case goes, why, until when, and what to tell the citizen. ``now`` is aware of its zone."""
    text = spoken(case.words)
    rule = first_match(case, text, routing)
    department = rule.department
    if rule.when.review:
        department = first_match(replace(case, review_reasons=()), text, routing).department
    return Disposition(
        department=department,
        queue=rule.queue,
        rule=rule.name,
        reason=rule.reason,
        advice=advice_of(case.urgency, rule.department, routing),
        deadline=deadline_of(case.urgency, case.kind, rule.queue, routing, now),
        review_reasons=case.review_reasons,
    )


def assign(case: Case, queue: str, reason: str, routing: Routing, now: datetime) -> Disposition:
    """The disposition that an officer decided: to a queue, for a reason."""
    department = routing.queues[queue].department
    return Disposition(
        department=department,
        queue=queue,
        rule=OFFICER_RULE,
        reason=reason,
        advice=advice_of(case.urgency, department, routing),
        deadline=deadline_of(case.urgency, case.kind, queue, routing, now),
        review_reasons=(),
    )


def first_match(case: Case, text: str, routing: Routing) -> Rule:
    """The first rule that holds, or one made of the sector's department."""
    for rule in routing.rules:
        if holds(rule.when, case, text, routing):
            return rule
    department = routing.city.department_of(case.sector)
    assert department is not None  # the city is checked at load: every sector has one
    reason = f"Diteruskan ke {department.name} sesuai bidang aduan"
    return Rule(SECTOR_RULE, When(), department.code, department.queue, reason)


def holds(when: When, case: Case, text: str, routing: Routing) -> bool:
    """Whether all conditions hold for a case whose words are ``text``."""
    if when.review and not case.review_reasons:
        return False
    if (
        (when.sector and case.sector not in when.sector)
        or (when.kind and case.kind not in when.kind)
        or (when.urgency and case.urgency not in when.urgency)
        or (when.kecamatan and case.kecamatan not in when.kecamatan)
        or (when.kelurahan and case.kelurahan not in when.kelurahan)
    ):
        return False
    if when.words and not pattern(when.words).search(text):
        return False
    if when.unless and pattern(when.unless).search(text):
        return False
    return not when.allegation or alleges(case, routing)


def alleges(case: Case, routing: Routing) -> bool:
    """Whether a message has a sign of levies or corruption against officials."""
    return bool(routing.signs.fired(list(case.words)))


def examine(case: Case, routing: Routing) -> Case:
    """The case with a reason for review where its evidence contradicts itself.

    That is a place which the city does not have, or not so; or a case for a body outside the city whose words name
    another such body, whatever the sector.
    """
    text, found = spoken(case.words), []
    if not _is_place(case.kelurahan, routing.kelurahan) or not _is_place(case.kecamatan, routing.kelurahan.values()):
        found.append("lokasi_tidak_dikenal")
    elif case.kelurahan and case.kecamatan and routing.kelurahan[case.kelurahan] != case.kecamatan:
        found.append("lokasi_bertentangan")
    department = first_match(replace(case, review_reasons=()), text, routing).department
    if not _inside(department, routing) and _outside_named(text, routing) - {department}:
        found.append("wewenang_bertentangan")
    return replace(case, review_reasons=(*case.review_reasons, *found)) if found else case


def _is_place(name: str | None, known: Iterable[str]) -> bool:
    return name is None or name in known


def _inside(department: str, routing: Routing) -> bool:
    return routing.city.departments[department].inside


def _outside_named(text: str, routing: Routing) -> set[str]:
    """The bodies outside the city whose words a text holds."""
    return {
        rule.department
        for rule in routing.rules
        if rule.when.words and not _inside(rule.department, routing) and pattern(rule.when.words).search(text)
    }


def advice_of(urgency: str, department: str, routing: Routing) -> str | None:
    """What the citizen is told, or None."""
    parts = [routing.advice_urgency.get(urgency), routing.advice_department.get(department)]
    told = [part for part in parts if part]
    return " ".join((*told, routing.advice_closing)).strip() if told else None
