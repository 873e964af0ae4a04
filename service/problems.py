"""The one shape of every error: RFC 9457 problem details."""

import logging
from http import HTTPStatus

from flask import Flask, Response, request
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from service.logs import REQUEST_ID, told_of

log = logging.getLogger("disposisi")


REMEDIES = {"string_pattern_mismatch": "String should hold no NUL character (U+0000); remove it"}
"""What to do, where pydantic's words do not say it. No pattern here asks for anything else that gets so far."""


class FieldError(BaseModel):
    """One thing that is wrong with a request: where, and what."""

    place: str = Field(examples=["text"])
    message: str


class ProblemDetails(BaseModel):
    """Problem details (RFC 9457) as ``application/problem+json``."""

    type: str = Field(examples=["urn:disposisi:problem:not-found"])
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldError] = []


class Problem(Exception):  # noqa: N818 - the word of the standard
    """Ends a request with problem details."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: list[FieldError] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors, self.headers = status, detail, errors or [], headers or {}


def wrong_values(*errors: FieldError) -> Problem:
    """422 for a body of which some fields hold what they cannot."""
    return Problem(422, "The body holds wrong values; see errors", list(errors))


def field_errors(error: ValidationError, place: str = "") -> list[FieldError]:
    """What pydantic found, without the values that were sent. ``place``: where the value stands in the body."""
    at = [place] if place else []
    return [
        FieldError(
            place=".".join(map(str, (*at, *found["loc"]))) or "body",
            message=REMEDIES.get(found["type"], found["msg"]),
        )
        for found in error.errors(include_url=False, include_input=False, include_context=False)
    ]


def details(problem: Problem) -> ProblemDetails:
    """The body of a problem."""
    title = HTTPStatus(problem.status).phrase
    slug = title.lower().replace(" ", "-")
    return ProblemDetails(
        type=f"urn:disposisi:problem:{slug}",
        title=title,
        status=problem.status,
        detail=problem.detail,
        request_id=request.environ[REQUEST_ID],
        errors=problem.errors,
    )


def respond(problem: Problem) -> Response:
    """The answer that a problem becomes."""
    response = Response(details(problem).model_dump_json(), problem.status, content_type="application/problem+json")
    response.headers.update(problem.headers)
    return response


def register(app: Flask) -> None:
    """Turn every error of an application into problem details."""

    @app.before_request
    def _no_nul() -> None:
        if "\0" in request.path:  # PostgreSQL cannot even look for it
            raise Problem(404, "No address holds a NUL character")

    @app.errorhandler(Problem)
    def _problem(error: Problem) -> Response:
        return respond(error)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Location", "Retry-After")}
        detail = "No such address; see /openapi.json" if error.code == 404 else error.description or ""
        return respond(Problem(error.code or 500, detail, headers=kept))

    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    @app.errorhandler(PoolTimeout)
    def _database(error: Exception) -> Response:
        _log(error)
        return respond(Problem(503, "The database does not answer; try again.", headers={"Retry-After": "5"}))

    @app.errorhandler(Exception)
    def _unforeseen(error: Exception) -> Response:
        _log(error)
        return respond(Problem(500, "Unforeseen error; it is in the log under this request_id."))


def _log(error: Exception) -> None:
    log.error("error", extra={"fields": {"request_id": request.environ[REQUEST_ID], **told_of(error)}})
