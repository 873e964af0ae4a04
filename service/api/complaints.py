"""`/v1/complaints`: a complaint comes in, and is looked at."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint
from pydantic import AwareDatetime, Field

from service.api.answers import Complaint, Receipt, complaint_of, receipt_of
from service.api.fields import Long, Name, Request, Short, Text
from service.endpoint import client, route
from service.intake import Message, decide_message, disposition_row, keys_of, new_id
from service.parts import parts
from service.problems import Problem
from service.sight import visible_queues
from service.store import complaints as store

blueprint = Blueprint("complaints", __name__)

WAITING = "menunggu"


class Place(Request):
    """Where it happened. A place that the city does not have goes to review."""

    kecamatan: Name | None = Field(default=None, examples=["Utara"])
    kelurahan: Name | None = Field(default=None, examples=["Krapyak"])
    address: Long | None = None


class Reporter(Request):
    """Who sent it; kept apart from the text, and shown to no department when ``anonymous``."""

    name: Short | None = None
    phone: Name | None = None
    email: Short | None = None
    address: Long | None = None


class NewComplaint(Request):
    """A citizen's message as an intake channel hands it over.

    ``anonymous``: the reporter's identity is not shown. ``confidential``: the content is not made public.
    """

    text: Text = Field(examples=["Lampu jalan di Gang Melati Krapyak mati sudah dua minggu, gelap sekali"])
    channel: Name | None = Field(None, examples=["whatsapp"])
    external_reference: Short | None = Field(None, description="The number of the complaint where it came from")
    place: Place = Field(default_factory=Place)
    occurred_at: AwareDatetime | None = None
    submitted_at: AwareDatetime | None = Field(None, description="When the citizen sent it")
    anonymous: bool = False
    confidential: bool = False
    reporter: Reporter | None = None


@route(
    blueprint,
    "POST",
    "/v1/complaints",
    roles=("intake",),
    summary="Hand in a complaint: it is classified, routed and stored",
    body=NewComplaint,
    answer=Receipt,
    status=201,
)
def create(body: NewComplaint) -> Receipt:
    """Answered only after the commit."""
    app, now = parts(), datetime.now(UTC)
    message = Message(body.text, body.place.kecamatan, body.place.kelurahan)
    decided = decide_message(message, app.models.classifier, app.routing, now)
    prediction, disposition = decided.prediction, decided.disposition
    complaint: dict[str, Any] = {
        "id": new_id(now),
        "received_at": now,
        "client": client().id,
        **body.model_dump(exclude={"place", "reporter"}),
        **body.place.model_dump(),
        "prediction": prediction.as_dict(),
        "model_version": prediction.model_version,
    }
    row = disposition_row(keys_of(prediction), disposition, app.routing, now) | {"status": WAITING}
    reporter = body.reporter.model_dump() if body.reporter else None
    told = {"rule": disposition.rule, "department": disposition.department, **keys_of(prediction)}
    with app.database.write() as connection:
        store.add(connection, complaint, reporter, row)
        store.add_event(connection, complaint["id"], now, "received", client().name, disposition.queue, told)
    return receipt_of({**complaint, **row}, app.routing)


@route(
    blueprint,
    "GET",
    "/v1/complaints/<complaint>",
    roles=("intake", "department", "reviewer"),
    summary="Look at a complaint; an intake key sees its own, without the text",
    answer=Complaint | Receipt,
    problems=(404,),
)
def show(complaint: str) -> Complaint | Receipt:
    app = parts()
    with app.database.read() as connection:
        row = store.get(connection, complaint)
        if row is not None and row.queue in visible_queues(client(), app.routing):
            reporter = None if row.anonymous else store.reporter_of(connection, complaint)
            return complaint_of(row._asdict(), reporter._asdict() if reporter else None, app.routing)
    if row is not None and "intake" in client().roles and row.client == client().id:
        return receipt_of(row._asdict(), app.routing)
    raise Problem(404, f"No complaint {complaint} that this key may see")
