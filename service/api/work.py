"""The officers' steps: claim, release, acknowledge, ask, complete, redirect, resolve, reopen."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint
from pydantic import BaseModel, Field, model_validator

from service import work
from service.api.answers import Complaint, PassedOn, Receipt, receipt_of
from service.api.fields import CityKey, Minutes, Name, OfficerRequest, Reason, Request, Words, one_of
from service.api.looking import receipt_or_less, whole
from service.completion import moved_by
from service.endpoint import client, route
from service.lifecycle import WAITING
from service.parts import parts
from service.problems import FieldError, Problem, wrong_values
from service.routing.deadlines import JAKARTA
from service.sight import no_such, visible_queues
from service.store import complaints, queues
from service.work import FREE, Officer, finish, take

blueprint = Blueprint("work", __name__)

OFFICERS = ("department", "reviewer")
STEP_PROBLEMS = (404, 409)


class ClaimRequest(OfficerRequest):
    """The next complaint of the queue, or the named one; held for some minutes.

    Who claims a complaint again holds it longer; for that ``officer`` is needed.
    """

    complaint: Name | None = None
    minutes: Minutes | None = None


class Claimed(BaseModel):
    """The claimed complaint, or null when none waits that is free."""

    complaint: Complaint | None


class Told(OfficerRequest):
    """``message``: what the citizen is told."""

    message: Reason | None = None


class Asked(OfficerRequest):
    """``message``: what the citizen is asked for."""

    message: Reason = Field(examples=["Mohon sebutkan nama jalan dan patokan terdekat"])


class Resolved(Told):
    """``duplicate_of``: the complaint that this one repeats."""

    duplicate_of: Name | None = None


class Reasoned(OfficerRequest):
    """A step that needs a reason."""

    reason: Reason


class Completed(Request):
    """What the citizen added."""

    text: Words


class RedirectRequest(Reasoned):
    """To a department's queue, or to a named queue."""

    model_config = one_of("department", "queue")
    department: Name | None = CityKey("department")
    queue: Name | None = CityKey("queue")

    @model_validator(mode="after")
    def one_of_both(self) -> "RedirectRequest":
        """Exactly one of the two fields."""
        if (self.department is None) == (self.queue is None):
            raise ValueError("give either department or queue")
        return self


@route(
    blueprint,
    "POST",
    "/v1/queues/<queue>/claim",
    roles=OFFICERS,
    summary="Claim the next complaint of a queue, so that no other officer gets it",
    body=ClaimRequest,
    answer=Claimed,
    problems=STEP_PROBLEMS,
)
def claim(queue: str, body: ClaimRequest) -> Claimed:
    app, now = parts(), datetime.now(UTC)
    officer = Officer(client(), body.officer)
    if queue not in visible_queues(client(), app.routing):
        raise no_such(f"queue {queue}")
    lease = now + timedelta(minutes=body.minutes or app.config.lease_minutes)
    with app.database.write() as connection:
        number = body.complaint or queues.next_free(connection, queue, (WAITING,), now)
        if number is None:
            return Claimed(complaint=None)
        row = take(connection, number, "claim", officer, app.routing, now)
        if row.queue != queue:
            raise no_such(f"complaint {number}")
        changes = {"claimed_by": officer.actor, "lease_until": lease}
        told = {"until": lease.astimezone(JAKARTA).isoformat()}
        return Claimed(complaint=whole(connection, finish(connection, row, "claim", officer, now, told, changes)))


def step(
    name: str, complaint: str, officer: str | None, told: Mapping[str, Any], changes: Mapping[str, Any]
) -> Receipt:
    """One step without further consequences."""
    app, now = parts(), datetime.now(UTC)
    who = Officer(client(), officer)
    with app.database.write() as connection:
        row = take(connection, complaint, name, who, app.routing, now)
        return receipt_of(finish(connection, row, name, who, now, told, changes), app.routing)


@route(
    blueprint,
    "POST",
    "/v1/complaints/<complaint>/release",
    roles=OFFICERS,
    summary="Give a claimed complaint back to its queue",
    body=OfficerRequest,
    answer=Receipt,
    problems=STEP_PROBLEMS,
)
def release(complaint: str, body: OfficerRequest) -> Receipt:
    return step("release", complaint, body.officer, {}, FREE)


@route(
    blueprint,
    "POST",
    "/v1/complaints/<complaint>/acknowledge",
    roles=OFFICERS,
    summary="The department answers and begins its work",
    body=Told,
    answer=Receipt,
    problems=STEP_PROBLEMS,
)
def acknowledge(complaint: str, body: Told) -> Receipt:
    return step("acknowledge", complaint, body.officer, {"message": body.message}, {})


@route(
    blueprint,
    "POST",
    "/v1/complaints/<complaint>/ask",
    roles=OFFICERS,
    summary="Ask the citizen for what is missing",
    body=Asked,
    answer=Receipt,
    problems=STEP_PROBLEMS,
)
def ask(complaint: str, body: Asked) -> Receipt:
    return step("ask", complaint, body.officer, {"message": body.message}, FREE)


@route(
    blueprint,
    "POST",
    "/v1/complaints/<complaint>/complete",
    roles=("intake", *OFFICERS),
    summary="What the citizen added; the complaint waits in its queue again",
    body=Completed,
    answer=Receipt | PassedOn,
    problems=STEP_PROBLEMS,
)
def complete(complaint: str, body: Completed) -> Receipt | PassedOn:
    app, now = parts(), datetime.now(UTC)
    who = Officer(client(), None)
    with app.database.write() as connection:
        row = take(connection, complaint, "complete", who, app.routing, now)
        changes = moved_by(app, row, body.text, now)
        complaints.add_completion(connection, complaint, now, body.text)
        told = {"from": row.queue, "to": changes["queue"]} if changes else {}
        return receipt_or_less(finish(connection, row, "complete", who, now, told, changes))


@route(
    blueprint,
    "POST",
    "/v1/complaints/<complaint>/redirect",
    roles=OFFICERS,
    summary="Send a complaint to another department or queue, for a reason (disposisi ulang)",
    body=RedirectRequest,
    answer=Receipt,
    problems=STEP_PROBLEMS,
)
def redirect(complaint: str, body: RedirectRequest) -> Receipt:
    app = parts()
    if body.department is not None and body.department not in app.routing.city.departments:
        raise unknown("department", body.department)
    queue = body.queue or app.routing.queue_of(body.department or "")
    if queue not in app.routing.queues:
        raise unknown("queue", queue)
    after = work.redirect(app, complaint, Officer(client(), body.officer), queue, body.reason, datetime.now(UTC))
    return receipt_of(after, app.routing)


def unknown(field: str, value: str) -> Problem:
    """422 for a key that the city does not have."""
    return wrong_values(FieldError(place=field, message=f"unknown {field} {value!r}; see GET /v1/taxonomy"))


@route(
    blueprint,
    "POST",
    "/v1/complaints/<complaint>/resolve",
    roles=OFFICERS,
    summary="The complaint has ended",
    body=Resolved,
    answer=Receipt,
    problems=STEP_PROBLEMS,
)
def resolve(complaint: str, body: Resolved) -> Receipt:
    app, officer = parts(), Officer(client(), body.officer)
    after = work.resolve(app, complaint, officer, body.message, body.duplicate_of, datetime.now(UTC))
    return receipt_of(after, app.routing)


@route(
    blueprint,
    "POST",
    "/v1/complaints/<complaint>/reopen",
    roles=("intake", *OFFICERS),
    summary="A resolved complaint has not ended after all",
    body=Reasoned,
    answer=Receipt,
    problems=STEP_PROBLEMS,
)
def reopen(complaint: str, body: Reasoned) -> Receipt:
    app, officer = parts(), Officer(client(), body.officer)
    return receipt_of(work.reopen(app, complaint, officer, body.reason, datetime.now(UTC)), app.routing)
