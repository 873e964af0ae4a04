"""`GET /health`: the process lives. `GET /ready`: it can do its work, and with which model."""

from flask import Blueprint, Response
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from service.endpoint import route
from service.parts import parts
from service.store.schema import newest, revision_of

blueprint = Blueprint("health", __name__)


class Health(BaseModel):
    """The process lives."""

    status: str


class Ready(BaseModel):
    """``ready`` is false, with status 503, while ``database`` is not "ok".

    ``model_refused``: the promoted model does not serve, the one before goes on; the log says why.
    """

    ready: bool
    database: str
    model_version: str
    model_refused: bool


@route(blueprint, "GET", "/health", roles=None, summary="The process lives", answer=Health)
def health() -> Health:
    return Health(status="ok")


@route(blueprint, "GET", "/ready", roles=None, summary="The service can work", answer=Ready, problems=(503,))
def ready() -> Ready | Response:
    app = parts()
    try:
        found, needed = revision_of(app.database), newest()
        database = "ok" if found == needed else f"at revision {found}, needed is {needed}; run: disposisi db upgrade"
    except SQLAlchemyError:
        database = "does not answer"
    answer = Ready(
        ready=database == "ok",
        database=database,
        model_version=app.models.classifier.version,
        model_refused=app.models.refused is not None,
    )
    if answer.ready:
        return answer
    return Response(answer.model_dump_json(), 503, content_type="application/json")
