"""`/v1/complaints/{id}/corrections` and `/children`: officers put right what the model read."""

from datetime import UTC, datetime

from flask import Blueprint
from pydantic import BaseModel, Field

from service.api.answers import PassedOn, Receipt, receipt_of
from service.api.fields import CityKey, Name, OfficerRequest, Words
from service.api.looking import receipt_or_less, seen
from service.api.work import OFFICERS, STEP_PROBLEMS, Reasoned, unknown
from service.endpoint import client, route
from service.intake import count, prepare, rows_of
from service.parts import parts
from service.problems import Problem
from service.routing.deadlines import JAKARTA
from service.store import complaints
from service.store import corrections as store
from service.store.inserts import insert
from service.work import Officer, correct, finish, take

blueprint = Blueprint("corrections", __name__)


class CorrectionRequest(Reasoned):
    """Only what is wrong; with no field at all a complaint in review is confirmed as it was read."""

    sector: Name | None = CityKey("sector")
    urgency: Name | None = CityKey("urgency")
    kind: Name | None = CityKey("kind")
    department: Name | None = CityKey("department")


class CorrectionAnswer(BaseModel):
    """A correction; the model's own answer stays with the complaint."""

    at: datetime
    actor: str
    reason: str
    before: dict[str, str]
    after: dict[str, str]


class Corrections(BaseModel):
    """First to last."""

    corrections: list[CorrectionAnswer]


class SplitRequest(OfficerRequest):
    """The matters of one message, each in its own words."""

    texts: list[Words] = Field(min_length=1, max_length=10)


class Children(BaseModel):
    """The complaints that were split off, each with its own disposition."""

    children: list[Receipt | PassedOn]


@route(
    blueprint,
    "POST",
    "/v1/complaints/<complaint>/corrections",
    roles=OFFICERS,
    summary="Correct sector, urgency, kind or department; the disposition follows",
    body=CorrectionRequest,
    answer=Receipt,
    status=201,
    problems=STEP_PROBLEMS,
)
def add_correction(complaint: str, body: CorrectionRequest) -> Receipt:
    app = parts()
    known = app.routing.city.labels | {"department": app.routing.city.departments}
    changed = body.model_dump(include=set(known), exclude_none=True)
    for field, value in changed.items():
        if value not in known[field]:
            raise unknown(field, value)
    after = correct(app, complaint, Officer(client(), body.officer), changed, body.reason, datetime.now(UTC))
    return receipt_of(after, app.routing)


@route(
    blueprint,
    "GET",
    "/v1/complaints/<complaint>/corrections",
    roles=OFFICERS,
    summary="The corrections of a complaint",
    answer=Corrections,
    problems=(404,),
)
def list_corrections(complaint: str) -> Corrections:
    with parts().database.read() as connection:
        seen(connection, complaint)
        found = store.of(connection, complaint)
    return Corrections(
        corrections=[
            CorrectionAnswer(
                at=one.at.astimezone(JAKARTA), actor=one.actor, reason=one.reason, before=one.before, after=one.after
            )
            for one in found
        ]
    )


@route(
    blueprint,
    "POST",
    "/v1/complaints/<complaint>/children",
    roles=OFFICERS,
    summary="Split a message with several matters: each becomes a complaint of its own",
    body=SplitRequest,
    answer=Children,
    status=201,
    problems=STEP_PROBLEMS,
)
def split(complaint: str, body: SplitRequest) -> Children:
    app, now = parts(), datetime.now(UTC)
    officer = Officer(client(), body.officer)
    with app.database.read() as connection:
        parent = inherited(seen(connection, complaint)._asdict())
        reporter = complaints.reporter_of(connection, complaint)
    children = [prepare(parent | {"text": text}, reporter, app, now) for text in body.texts]
    with app.database.write() as connection:
        row = take(connection, complaint, "split", officer, app.routing, now)
        texts = [text.strip() for text in body.texts]
        known = {text.strip() for text in complaints.texts_of_children(connection, complaint)}
        if len({*texts, *known}) < len(texts) + len(known):
            raise Problem(409, "Each matter is split off once; one of these texts is a complaint of its own already")
        for child in children:
            insert(connection, rows_of(child, officer.actor))
        open_ones = [child for child in children if not app.routing.queues[child.disposition["queue"]].restricted]
        told = {"children": [child.complaint["id"] for child in open_ones]}
        finish(connection, row, "split", officer, now, told, {})
    for child in children:
        count(child, app)
    return Children(children=[receipt_or_less({**child.complaint, **child.disposition}) for child in children])


def inherited(parent: dict[str, object]) -> dict[str, object]:
    """What a child has of its parent: where it came from, where and when it happened, the citizen's wishes."""
    names = ("client", "channel", "external_reference", "kecamatan", "kelurahan", "address", "occurred_at")
    same = {name: parent[name] for name in (*names, "submitted_at", "anonymous", "confidential")}
    return same | {"parent": parent["id"]}
