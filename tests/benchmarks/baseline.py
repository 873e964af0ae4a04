"""The service beside the least that it could be: routes that only answer, and that only insert the same row.

All are served by the same processes in the same run; `service.py` here compares them.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Flask, Response, request

from service.app import create_app
from service.background import bridged
from service.bridge import Bridge
from service.endpoint import route
from service.intake import new_id
from service.logs import Wsgi
from service.metrics import Metrics
from service.store.database import Database
from service.store.tables import complaints

CONSTANT = '{"sector":{"key":"penerangan_jalan"}}'
INSIDE = "/base/inside"
UNCOUNTED = "/uncounted"


def baseline(database: Database) -> Flask:
    """A Flask application with two routes and nothing around them."""
    app = Flask("baseline", static_folder=None)

    @app.post("/base/constant")
    def constant() -> Response:
        return Response(CONSTANT, content_type="application/json")

    @app.post("/base/insert")
    def insert() -> Response:
        now = datetime.now(UTC)
        row = {"id": new_id(now), "received_at": now, "client": 1, "text": request.get_data(as_text=True)}
        row |= {"anonymous": False, "confidential": False, "prediction": {}, "model_version": "x", "secondary": []}
        with database.write() as connection:
            connection.execute(sa.insert(complaints), [row])
        return Response('{"id":"x"}', 201, content_type="application/json")

    return app


def add_inside(service: Flask) -> None:
    """Give the service a route that answers a constant behind the same key, log and metrics as its own routes."""
    blueprint = Blueprint("inside", __name__)

    @route(blueprint, "POST", INSIDE, roles=("intake",), summary="A constant")
    def inside() -> Response:
        return Response(CONSTANT, content_type="application/json")

    service.register_blueprint(blueprint)


def uncounted() -> Flask:
    """The service without its metrics."""
    watch = Metrics.watch
    Metrics.watch = lambda _self, app: app  # type: ignore[method-assign]
    try:
        return create_app()
    finally:
        Metrics.watch = watch  # type: ignore[method-assign]


def beside(service: Flask) -> Wsgi:
    """The service, with the baseline under ``/base/``, and itself without metrics under ``/uncounted/``."""
    add_inside(service)
    base, without, counted = baseline(service.extensions["parts"].database), uncounted(), service.wsgi_app

    def choose(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(UNCOUNTED):
            environ["PATH_INFO"] = path.removeprefix(UNCOUNTED)
            return without.wsgi_app(environ, start_response)
        return (base.wsgi_app if path.startswith("/base/") and path != INSIDE else counted)(environ, start_response)

    return choose


def application() -> Wsgi:
    """All of it for WSGI servers."""
    return beside(create_app())


def server() -> Bridge:
    """All of it for Granian, where what does not wait is answered at once, the baseline too."""
    service = create_app()
    service.wsgi_app = beside(service)  # type: ignore[method-assign,assignment]
    bridge = bridged(service)
    quick = bridge.quick

    def at_once(environ: dict[str, Any]) -> bool:
        path = environ["PATH_INFO"]
        if path.startswith(UNCOUNTED):
            return quick(environ | {"PATH_INFO": path.removeprefix(UNCOUNTED)})
        return path in ("/base/constant", INSIDE) or quick(environ)

    bridge.quick = at_once
    return bridge
