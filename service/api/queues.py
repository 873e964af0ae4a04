"""`/v1/queues`: what waits where."""

from flask import Blueprint
from pydantic import BaseModel, Field

from service.api.answers import Complaint, complaint_of
from service.endpoint import client, route
from service.parts import parts
from service.problems import Problem
from service.sight import visible_queues
from service.store import queues as store

blueprint = Blueprint("queues", __name__)

OPEN = ("menunggu",)


class QueueAnswer(BaseModel):
    """A queue and how many complaints are open in it."""

    key: str
    name: str
    department: str
    inside: bool
    restricted: bool
    open: int


class QueuesAnswer(BaseModel):
    """The queues that a key may see."""

    queues: list[QueueAnswer]


class QueuePage(BaseModel):
    """Open complaints of a queue, the most urgent and the soonest due first."""

    queue: str
    complaints: list[Complaint]
    next_offset: int | None


class PageQuery(BaseModel):
    """Which part of a long list."""

    limit: int = Field(50, ge=1, le=200)
    offset: int = Field(0, ge=0, le=1_000_000)


@route(
    blueprint,
    "GET",
    "/v1/queues",
    roles=("department", "reviewer"),
    summary="The queues that this key may see",
    answer=QueuesAnswer,
)
def list_queues() -> QueuesAnswer:
    app = parts()
    seen = visible_queues(client(), app.routing)
    with app.database.read() as connection:
        counts = store.counts(connection, OPEN)
    departments = app.routing.city.departments
    return QueuesAnswer(
        queues=[
            QueueAnswer(
                key=queue.key,
                name=queue.name,
                department=queue.department,
                inside=departments[queue.department].inside,
                restricted=queue.restricted,
                open=counts.get(queue.key, 0),
            )
            for queue in app.routing.queues.values()
            if queue.key in seen
        ]
    )


@route(
    blueprint,
    "GET",
    "/v1/queues/<queue>",
    roles=("department", "reviewer"),
    summary="Open complaints of a queue",
    query=PageQuery,
    answer=QueuePage,
    problems=(404,),
)
def show_queue(queue: str, query: PageQuery) -> QueuePage:
    app = parts()
    if queue not in visible_queues(client(), app.routing):
        raise Problem(404, f"No queue {queue} that this key may see")
    with app.database.read() as connection:
        rows = store.waiting(connection, queue, OPEN, query.limit + 1, query.offset)
    return QueuePage(
        queue=queue,
        complaints=[complaint_of(row._asdict(), None, app.routing) for row in rows[: query.limit]],
        next_offset=query.offset + query.limit if len(rows) > query.limit else None,
    )
