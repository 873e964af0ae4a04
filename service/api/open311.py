"""Open311 GeoReport v2 under `/open311/v2/`, for the 311 clients that exist: https://wiki.open311.org/GeoReport_v2

A service is a sector, a service request a complaint. The standard describes these routes, so OpenAPI does not. Where
it differs: complaints are not public, so looking at requests needs a key as well.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, g, request
from pydantic import AwareDatetime, TypeAdapter, ValidationError
from sqlalchemy.engine import Row

from model.city import LabelText
from service.api.complaints import NewComplaint, ready_of
from service.api.georeport import write
from service.endpoint import client, door
from service.idempotency import Once, store_once
from service.lifecycle import OPEN, RESOLVED, for_the_sender
from service.logs import CLIENT, ROUTE
from service.parts import parts
from service.problems import Problem, field_errors
from service.routing.deadlines import JAKARTA
from service.sight import visible_queues
from service.store import open311 as store

blueprint = Blueprint("open311", __name__, url_prefix="/open311/v2")

SPAN = timedelta(days=90)
MOST = 1_000
"""The standard's limits of a list."""

STATUSES = {"open": OPEN, "closed": (RESOLVED,)}
SENDERS = frozenset(("intake",))
ANYONE_WHO_LOOKS = frozenset(("intake", "department", "reviewer"))
_DEGREES = re.compile(r"[-+]?\d{1,3}(?:\.\d{1,20})?")
_POINT = re.compile(rf"(?:^|; )({_DEGREES.pattern}), ({_DEGREES.pattern})(?:;|$)")
_moment: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)


@blueprint.before_request
def note_route() -> None:
    """Give the log the route; refuse other formats, and what no database can look for."""
    request.environ[ROUTE] = request.url_rule.rule if request.url_rule else None
    if (request.view_args or {}).get("format") not in ("json", "xml"):
        raise Problem(404, "Ask for .json or .xml")
    if b"%00" in request.query_string:
        raise Problem(400, "The query holds a NUL character (%00); remove it")


@blueprint.after_app_request
def in_its_own_form(response: Response) -> Response:
    """Errors as the standard wants them: a list of codes and descriptions, and 403 for a missing key.

    Of unknown addresses below this one too, which belong to no blueprint.
    """
    if response.mimetype != "application/problem+json" or not request.path.startswith("/open311/"):
        return response
    problem = response.get_json()
    code = 403 if problem["status"] == 401 else problem["status"]
    if problem["status"] == 401:
        problem["detail"] = "A valid API key is missing: send it as api_key"
    told = [f"{error['place']}: {error['message']}" for error in problem["errors"]] or [problem["detail"]]
    made = _answer("errors", "error", [{"code": code, "description": text} for text in told], code)
    for name in ("Retry-After", "Allow"):
        if name in response.headers:
            made.headers[name] = response.headers[name]
    return made


@blueprint.get("/services.<format>")
def services(format: str) -> Response:  # noqa: ARG001 - of the address
    found = parts().routing.city.labels["sector"].items()
    return _answer("services", "service", [_service(code, label) for code, label in found])


@blueprint.get("/services/<code>.<format>")
def service(code: str, format: str) -> Response:  # noqa: ARG001
    if code not in parts().routing.city.labels["sector"]:
        raise Problem(404, f"service_code {code} is not known")
    return _answer("service_definition", "attribute", {"service_code": code, "attributes": []})


@blueprint.post("/requests.<format>")
def create(format: str) -> Response:  # noqa: ARG001
    """The model reads the description; the service that the sender chose is kept in the event for the officers."""
    _enter(SENDERS)
    app, now, form = parts(), datetime.now(UTC), request.form
    code = form.get("service_code")
    if not code:
        raise Problem(400, "service_code is missing")
    if code not in app.routing.city.labels["sector"]:
        raise Problem(404, f"service_code {code} is not known")
    body = _complaint(form.to_dict())
    once = Once(client().id, json.dumps(["open311", code, body.model_dump(mode="json")]))
    with once.running(app.database):
        ready = ready_of(body, app, now)
        ready = replace(ready, told=ready.told | {"service_code": code})
        notice = _notice(ready.disposition)
        made = {"service_request_id": ready.complaint["id"], "service_notice": notice, "account_id": None}
        first = store_once(once, ready, json.dumps(made), client().name, app)
    answer = _answer("service_requests", "request", [json.loads(first.data) if first else made], 201)
    if first:
        answer.headers.update({"Idempotent-Replayed": "true"})
    return answer


@blueprint.get("/requests.<format>")
def requests(format: str) -> Response:  # noqa: ARG001
    _enter(ANYONE_WHO_LOOKS)
    arguments = request.args
    if numbers := arguments.get("service_request_id"):
        return _requests(numbers=numbers.split(",")[:MOST])
    start, end = (_when(arguments.get(name), name) for name in ("start_date", "end_date"))
    end = end or (start + SPAN if start else datetime.now(UTC) + timedelta(minutes=1))
    start = max(start or end - SPAN, end - SPAN)
    asked = arguments.get("status", "open,closed").split(",")
    if not set(asked) <= set(STATUSES):
        raise Problem(400, "status must be open or closed")
    codes = arguments.get("service_code")
    statuses = [status for one in asked for status in STATUSES[one]]
    return _requests(start=start, end=end, statuses=statuses, sectors=codes.split(",") if codes else None)


@blueprint.get("/requests/<number>.<format>")
def show(number: str, format: str) -> Response:  # noqa: ARG001
    _enter(ANYONE_WHO_LOOKS)
    answer = _requests(numbers=[number])
    if not g.found:
        raise Problem(404, f"service_request_id {number} is not known, or not for this key")
    return answer


def _enter(allowed: frozenset[str]) -> None:
    """Let the client in by ``api_key``; else by the key as user name, for clients that send none with a GET."""
    scheme, _, value = request.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    key = request.form.get("api_key") or request.args.get("api_key")
    if not key and scheme.lower() == "basic":
        try:
            key = base64.b64decode(value, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            key = ""
    if key:
        request.environ["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    g.client = door().enter(request.environ.get("HTTP_AUTHORIZATION", ""), allowed)
    request.environ[CLIENT] = g.client.name


def _complaint(form: dict[str, str]) -> NewComplaint:
    """The form's fields as those of a complaint; 400 for wrong ones."""
    where = ", ".join(_degrees(form, name, most) for name, most in (("lat", 90), ("long", 180)) if form.get(name))
    address = [
        form.get("address_string", ""),
        where,
        f"address_id {form['address_id']}" if form.get("address_id") else "",
    ]
    address = [part for part in address if part]
    if not address or (bool(form.get("lat")) != bool(form.get("long"))):
        raise Problem(400, "Give the place: lat and long, address_string, or address_id")
    text = form.get("description", "")
    if form.get("media_url"):
        text += f"\nLampiran: {form['media_url']}"
    reporter = {
        "name": " ".join(form[name] for name in ("first_name", "last_name") if form.get(name)),
        "phone": form.get("phone"),
        "email": form.get("email"),
    }
    known = {name: value for name, value in reporter.items() if value}
    fields = {"text": text, "channel": "open311", "place": {"address": "; ".join(address)}, "reporter": known or None}
    try:
        return NewComplaint.model_validate(fields)
    except ValidationError as error:
        raise Problem(400, "The request holds wrong values", field_errors(error)) from None


def _degrees(form: dict[str, str], name: str, most: int) -> str:
    """A coordinate as it was sent; 400 where it is none."""
    value = form[name].strip()
    if not _DEGREES.fullmatch(value) or abs(float(value)) > most:
        raise Problem(400, f"{name} must be a number of degrees from -{most} to {most}, such as -6.88")
    return value


def _point(address: str | None) -> tuple[float | None, float | None]:
    """Latitude and longitude, where an address holds them as ``_complaint`` writes them."""
    found = _POINT.search(address or "")
    return (float(found[1]), float(found[2])) if found else (None, None)


def _when(value: str | None, name: str) -> datetime | None:
    try:
        found = _moment.validate_python(value) if value else None
    except ValidationError:
        found = datetime.min
    if found and not 1990 <= found.year < 2500:
        raise Problem(400, f"{name} must be a time such as 2026-01-05T08:00:00+07:00")
    return found


def _requests(**wanted: Any) -> Response:
    """The requests of a choice that this key may see, as ``store.find`` takes it."""
    app = parts()
    seen = visible_queues(client(), app.routing)
    sender = client().id if client().may(SENDERS) else None
    with app.database.read() as connection:
        rows = store.find(connection, sender, seen, MOST, **wanted)
        last = store.last_told(connection, [row.id for row in rows], for_the_sender)
    g.found = len(rows)
    return _answer(
        "service_requests", "request", [_request(row, seen, *last.get(row.id, (row.received_at, None))) for row in rows]
    )


def _service(code: str, label: LabelText) -> dict[str, Any]:
    return {
        "service_code": code,
        "service_name": label.name,
        "description": label.about,
        "metadata": False,
        "type": "realtime",
        "keywords": "",
        "group": "",
    }


def _notice(disposition: Mapping[str, Any]) -> str:
    """What the sender is told: the advice, or to whom the complaint went."""
    if disposition["advice"]:
        return str(disposition["advice"])
    if disposition["review_reasons"]:
        return "Laporan Anda sudah kami terima dan sedang diperiksa petugas."
    department = parts().routing.city.departments.get(disposition["department"])
    return f"Laporan Anda diteruskan ke {department.name if department else disposition['department']}."


def _request(row: Row[Any], seen: frozenset[str], updated: datetime, message: str | None) -> dict[str, Any]:
    """A complaint as a request; only those who work on it see the words and the place, as everywhere."""
    city = parts().routing.city
    sector, department, full = (
        city.labels["sector"].get(row.sector),
        city.departments.get(row.department),
        row.queue in seen,
    )
    lat, long = _point(row.address if full else None)
    return {
        "service_request_id": row.id,
        "status": "closed" if row.status == RESOLVED else "open",
        "status_notes": message,
        "service_name": sector.name if sector else row.sector,
        "service_code": row.sector,
        "description": row.text if full else None,
        "agency_responsible": department.name if department else row.department,
        "service_notice": _notice(row._asdict()),
        "requested_datetime": _local(row.received_at),
        "updated_datetime": _local(updated),
        "expected_datetime": _local(row.deadline),
        "address": row.address if full else None,
        "address_id": None,
        "zipcode": None,
        "lat": lat,
        "long": long,
        "media_url": None,
    }


def _local(moment: datetime) -> str:
    return moment.astimezone(JAKARTA).isoformat(timespec="seconds")


def _answer(outer: str, inner: str, found: Any, status: int = 200) -> Response:
    xml = request.path.endswith(".xml")
    media = "text/xml; charset=utf-8" if xml else "application/json; charset=utf-8"
    return Response(write(outer, inner, found, xml), status, content_type=media)
