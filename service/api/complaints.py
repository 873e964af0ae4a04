"""`/v1/complaints`: a complaint comes in, and is looked at."""

from datetime import UTC, datetime

from flask import Blueprint, Response
from pydantic import Field

from service.api.answers import Complaint, Receipt, receipt_of
from service.api.fields import Happened, Long, Name, Request, Short, Text
from service.api.looking import whole
from service.endpoint import client, route
from service.idempotency import HEADER, Once, store_once
from service.intake import Ready, prepare
from service.parts import Parts, parts
from service.sight import no_such, visible_queues
from service.store import complaints as store

blueprint = Blueprint("complaints", __name__)


class Place(Request):
    """Where it happened, as people write it: "kel. krapyak" is Krapyak. An unknown place goes to review."""

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
    occurred_at: Happened | None = None
    submitted_at: Happened | None = Field(None, description="When the citizen sent it")
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
    problems=(409,),
    headers=(HEADER,),
)
def create(body: NewComplaint) -> Response:
    """Answered only after the commit."""
    app, now = parts(), datetime.now(UTC)
    once = Once(client().id, body.model_dump_json())
    with once.running(app.database):
        ready = ready_of(body, app, now)
        answer = receipt_of({**ready.complaint, **ready.disposition}, app.routing).model_dump_json()
        first = store_once(once, ready, answer, client().name, app)
    return first or Response(answer, 201, content_type="application/json")


def ready_of(body: NewComplaint, app: Parts, now: datetime) -> Ready:
    """A message of the present client, read and routed."""
    sent = {"client": client().id, **body.model_dump(exclude={"place", "reporter"}), **body.place.model_dump()}
    return prepare(sent, body.reporter.model_dump() if body.reporter else None, app, now)


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
            return whole(connection, row._asdict())
    if row is not None and row.client == client().id:
        return receipt_of(row._asdict(), app.routing)
    raise no_such(f"complaint {complaint}")
