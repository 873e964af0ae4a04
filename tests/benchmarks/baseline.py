"""The service beside the least that it could be: routes that only answer, and that only insert the same row.

Both are served by the same processes in the same run; `service.py` here compares them.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, request

from service.app import create_app
from service.intake import new_id
from service.store.database import Database
from service.store.tables import complaints

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def baseline(database: Database) -> Flask:
    """A Flask application with two routes and nothing around them."""
    app = Flask("baseline", static_folder=None)

    @app.post("/base/constant")
    def constant() -> Response:
        return Response('{"sector":{"key":"penerangan_jalan"}}', content_type="application/json")

    @app.post("/base/insert")
    def insert() -> Response:
        now = datetime.now(UTC)
        row = {"id": new_id(now), "received_at": now, "client": 1, "text": request.get_data(as_text=True)}
        row |= {"anonymous": False, "confidential": False, "prediction": {}, "model_version": "x", "secondary": []}
        with database.write() as connection:
            connection.execute(sa.insert(complaints), [row])
        return Response('{"id":"x"}', 201, content_type="application/json")

    return app


def application() -> Wsgi:
    """The service, with the baseline under ``/base/``."""
    service = create_app()
    base = baseline(service.extensions["parts"].database)

    def choose(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        app = base if environ["PATH_INFO"].startswith("/base/") else service
        return app.wsgi_app(environ, start_response)

    return choose
