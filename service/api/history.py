"""`/v1/complaints/{id}/events` and `/duplicates`: what happened to a complaint, and which others may be the same."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint
from pydantic import BaseModel

from service.api.looking import seen
from service.endpoint import client, route
from service.lifecycle import for_the_sender
from service.parts import parts
from service.routing.deadlines import JAKARTA
from service.sight import no_such, visible_queues
from service.similarity import LIKELY, content, likeness, weights
from service.store import complaints as store

blueprint = Blueprint("history", __name__)

COMPARED = 300
"""How many recent complaints a message is compared with."""

SHOWN = 10


class EventAnswer(BaseModel):
    """Something that happened to a complaint; never changed or removed."""

    id: int
    at: datetime
    type: str
    actor: str | None
    queue: str
    data: dict[str, Any]


class Events(BaseModel):
    """What happened, first to last."""

    events: list[EventAnswer]


class Alike(BaseModel):
    """A complaint that may be the same; ``likeness`` is 0 to 1."""

    id: str
    likeness: float
    received_at: datetime
    status: str
    text: str


class Duplicates(BaseModel):
    """Suggestions, the likeliest first; nothing is merged by itself."""

    suggestions: list[Alike]


@route(
    blueprint,
    "GET",
    "/v1/complaints/<complaint>/events",
    roles=("intake", "department", "reviewer"),
    summary="What happened to a complaint",
    answer=Events,
    problems=(404,),
)
def events(complaint: str) -> Events:
    app = parts()
    with app.database.read() as connection:
        row = store.get(connection, complaint)
        full = row is not None and row.queue in visible_queues(client(), app.routing)
        if row is None or not (full or row.client == client().id):
            raise no_such(f"complaint {complaint}")
        found = store.events_of(connection, complaint)
    return Events(
        events=[
            EventAnswer(
                id=event.id,
                at=event.at.astimezone(JAKARTA),
                type=event.type,
                actor=event.actor if full else None,
                queue=event.queue,
                data=event.data if full else {k: v for k, v in event.data.items() if k == "message"},
            )
            for event in found
            if full or for_the_sender(event.type, event.data)
        ]
    )


@route(
    blueprint,
    "GET",
    "/v1/complaints/<complaint>/duplicates",
    roles=("department", "reviewer"),
    summary="Recent complaints of the same area that are probably about the same thing",
    answer=Duplicates,
    problems=(404,),
)
def duplicates(complaint: str) -> Duplicates:
    app = parts()
    queues = visible_queues(client(), app.routing)
    with app.database.read() as connection:
        row = seen(connection, complaint)
        since = row.received_at.astimezone(JAKARTA) - timedelta(days=app.config.duplicate_days)
        others = store.recent_alike(connection, row, queues, f"{since:%Y%m%d}", COMPARED)
    read = app.models.classifier.words
    mine = content(read(row.text))
    theirs = [content(read(other.text)) for other in others]
    weight = weights([mine, *theirs])
    found = [
        Alike(
            id=other.id,
            likeness=round(likeness(mine, words, weight), 2),
            received_at=other.received_at.astimezone(JAKARTA),
            status=other.status,
            text=other.text,
        )
        for other, words in zip(others, theirs, strict=True)
    ]
    likely = sorted((one for one in found if one.likeness >= LIKELY), key=lambda one: -one.likeness)
    return Duplicates(suggestions=likely[:SHOWN])
