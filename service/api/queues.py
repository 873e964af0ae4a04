"""`/v1/queues`: what waits where."""

from datetime import UTC, datetime
from typing import Literal

from flask import Blueprint
from pydantic import BaseModel, ConfigDict, Field

from service.api.answers import Listed, listed_of
from service.endpoint import client, route
from service.parts import parts
from service.sight import no_such, visible_queues
from service.store import queues as store
from service.sweep import chosen, soon

blueprint = Blueprint("queues", __name__)


class QueueAnswer(BaseModel):
    """A queue, how many complaints are open in it, of these overdue, and due soon."""

    key: str
    name: str
    department: str
    inside: bool
    restricted: bool
    open: int
    overdue: int
    soon: int


class QueuesAnswer(BaseModel):
    """The queues that a key may see."""

    queues: list[QueueAnswer]


class QueuePage(BaseModel):
    """Open complaints of a queue, the most urgent and the soonest due first."""

    queue: str
    complaints: list[Listed]
    next_offset: int | None


class PageQuery(BaseModel):
    """Which part of a long list: of one status, those that are overdue or due soon."""

    model_config = ConfigDict(extra="forbid")
    status: Literal["menunggu", "diproses", "perlu_kelengkapan", "selesai"] | None = None
    due: Literal["overdue", "soon"] | None = None
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
    app, now = parts(), datetime.now(UTC)
    seen = visible_queues(client(), app.routing)
    with app.database.read() as connection:
        loads = store.loads(connection, now, soon(now, app.config.remind_days))
    departments = app.routing.city.departments
    return QueuesAnswer(
        queues=[
            QueueAnswer(
                key=queue.key,
                name=queue.name,
                department=queue.department,
                inside=departments[queue.department].inside,
                restricted=queue.restricted,
                open=loads[queue.key].open if queue.key in loads else 0,
                overdue=loads[queue.key].overdue if queue.key in loads else 0,
                soon=loads[queue.key].soon if queue.key in loads else 0,
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
    app, now = parts(), datetime.now(UTC)
    if queue not in visible_queues(client(), app.routing):
        raise no_such(f"queue {queue}")
    statuses, due_from, due_until = chosen(query.due, now, app.config.remind_days)
    with app.database.read() as connection:
        rows = store.waiting(
            connection,
            queue,
            (query.status,) if query.status else statuses,
            due_from,
            due_until,
            limit=query.limit + 1,
            offset=query.offset,
        )
    return QueuePage(
        queue=queue,
        complaints=[listed_of(row._asdict(), app.routing) for row in rows[: query.limit]],
        next_offset=query.offset + query.limit if len(rows) > query.limit else None,
    )
