"""One decorator for every route: who may call it, what comes in, what goes out.

It checks the key, reads and validates the body straight from its bytes, and writes the answer, and it keeps what
OpenAPI says about the route; so the document cannot differ from what is enforced. (The Flask add-ons that do the
same parse JSON silently, answer malformed bodies with 422 and have their own shape of errors.)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, g, request
from pydantic import BaseModel, TypeAdapter, ValidationError

from service.keys import Client, Door
from service.logs import CLIENT, ROUTE
from service.problems import Problem, field_errors, wrong_values

View = Callable[..., Any]
Body = TypeVar("Body", bound=BaseModel)
Query = TypeVar("Query", bound=BaseModel)

ENTERED = "disposisi.entered"
"""Where the WSGI environment holds what the door said already: the client, or the Problem of a refusal."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is known of a route. ``roles`` None: open to all. ``status``: of the good answer."""

    method: str
    path: str
    summary: str
    roles: frozenset[str] | None
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answer: TypeAdapter[Any] | None
    status: int
    problems: tuple[int, ...]
    headers: tuple[str, ...]
    media: str


def route(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    roles: tuple[str, ...] | None,
    summary: str,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    answer: Any = None,
    status: int = 200,
    problems: tuple[int, ...] = (),
    headers: tuple[str, ...] = (),
    media: str = "application/json",
) -> Callable[[View], View]:
    """Register a view. It gets ``body`` and ``query`` where the route has them, and the path's own arguments.

    The view returns what ``answer`` describes, or a ready Response. ``problems``: statuses beyond 400, 401, 403, 413,
    415, 422 and 429, which follow from the rest. ``headers``: request headers that the view reads itself. ``media``:
    content type of a ready Response.
    """
    adapter = TypeAdapter(answer) if answer is not None else None
    allowed = frozenset(roles) if roles is not None else None
    endpoint = Endpoint(method, path, summary, allowed, body, query, adapter, status, problems, headers, media)

    def register(view: View) -> View:
        def enter(**path_arguments: Any) -> Response:
            request.environ[ROUTE] = path
            if allowed is not None:
                environ = request.environ
                entered = environ.get(ENTERED) or door().enter(environ.get("HTTP_AUTHORIZATION", ""), allowed)
                if isinstance(entered, Problem):
                    raise entered
                g.client = entered
                environ[CLIENT] = entered.name
            if query is not None:
                path_arguments["query"] = read_query(query)
            if body is not None:
                path_arguments["body"] = read_body(body)
            made = view(**path_arguments)
            if isinstance(made, Response):
                return made
            assert adapter is not None
            return Response(adapter.dump_json(made), status, content_type="application/json")

        enter.endpoint = endpoint  # type: ignore[attr-defined]
        blueprint.add_url_rule(path, view.__name__, enter, methods=[method], provide_automatic_options=False)
        return view

    return register


def door() -> Door:
    """The application's door."""
    found = current_app.extensions["door"]
    assert isinstance(found, Door)
    return found


def client() -> Client:
    """Who makes the present request."""
    found = g.client
    assert isinstance(found, Client)
    return found


def read_body(model: type[Body]) -> Body:
    """The JSON body of the present request.

    Raises
    ------
    Problem
        415 for another content type, 413 for too long a body, 400 for malformed JSON, 422 for wrong values.
    """
    if not is_json(request.environ):
        raise Problem(415, "Send the body as application/json")
    raw = raw_body(request.environ, current_app.config["MAX_CONTENT_LENGTH"])
    try:
        return model.model_validate_json(request.get_data(cache=False) if raw is None else raw)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        if found[0]["type"] == "json_invalid":
            raise Problem(400, f"The body is no valid JSON: {found[0]['ctx']['error']}") from None
        raise wrong_values(*field_errors(error)) from None


def is_json(environ: Mapping[str, Any]) -> bool:
    """Whether a request says that its body is JSON."""
    return str(environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower() == "application/json"


def raw_body(environ: Mapping[str, Any], longest: int) -> bytes | None:
    """The bytes of a body straight from the server; None where it does not tell their number, or it is too large."""
    length = environ.get("CONTENT_LENGTH", "")
    if not length.isdecimal() or int(length) > longest:
        return None
    body: bytes = environ["wsgi.input"].read(int(length))
    return body


def read_query(model: type[Query]) -> Query:
    """The query parameters of the present request; 422 for wrong ones."""
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise Problem(422, "The query holds wrong values; see errors", field_errors(error)) from None
