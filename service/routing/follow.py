"""How a disposition follows what officers correct: it stays, follows the rules, or goes where they said."""

from dataclasses import dataclass, replace
from datetime import datetime

from service.routing.deadlines import deadline_of
from service.routing.decide import Case, Disposition, advice_of, assign, decide
from service.routing.rules import Routing


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a complaint is, why, and since when its deadline counts; in review while it has reasons for it."""

    department: str
    queue: str
    rule: str
    reason: str
    review_reasons: tuple[str, ...]
    since: datetime


def stay(at: Standing, case: Case, routing: Routing, now: datetime) -> Disposition:
    """The disposition as it is; advice and deadline are those of the case."""
    return Disposition(
        department=at.department,
        queue=at.queue,
        rule=at.rule,
        reason=at.reason,
        advice=advice_of(case.urgency, routing.queues[at.queue].department, routing),
        deadline=deadline_of(case.urgency, case.kind, at.queue, routing, now, at.since),
        review_reasons=at.review_reasons,
    )


def follow(
    at: Standing, before: Case, after: Case, department: str | None, reason: str, routing: Routing, now: datetime
) -> Disposition:
    """The disposition when the labels of ``before`` become those of ``after``, or an officer names a department.

    A complaint stays where it was placed unless the sector differs or the rules now say something else than they said
    of the old labels: so a redirect outlives a correction of the kind. In the same queue the deadline still counts
    from when the complaint came there: no correction gives back time that has passed.
    """
    if department is not None and department != at.department:
        made = assign(after, routing.queue_of(department), reason, routing, now)
    else:
        made = decide(after, routing, now)
        same = before.sector == after.sector and made.queue == decide(before, routing, now).queue
        if same and not at.review_reasons:
            return stay(at, after, routing, now)
    if made.queue != at.queue:
        return made
    return replace(made, deadline=deadline_of(after.urgency, after.kind, at.queue, routing, now, at.since))
