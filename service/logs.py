"""One JSON line a request, and the headers that every answer carries. No line holds a citizen's words."""

import itertools
import logging
import os
import re
import secrets
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from pydantic_core import to_json

log = logging.getLogger("disposisi")

REQUEST_ID, ROUTE, CLIENT = "disposisi.request_id", "disposisi.route", "disposisi.client"
"""Where a request's number, its route and its key's name stand in the WSGI environment."""

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

SECURITY_HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
]


class JsonLines(logging.Formatter):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, message, and the record's own ``fields``."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        return to_json(line).decode()


class RequestIds:
    """Numbers for requests: random for each process, then counted."""

    def __init__(self) -> None:
        self._process, self._start, self._count = 0, "", itertools.count()

    def new(self) -> str:
        """The next number."""
        if self._process != os.getpid():
            self._process, self._start, self._count = os.getpid(), secrets.token_hex(6), itertools.count(1)
        return f"{self._start}-{next(self._count)}"


def told_of(error: BaseException) -> dict[str, object]:
    """Type and place of an error; never its message, which may hold a citizen's words."""
    frames = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    return {"error": type(error).__qualname__, "frames": frames[-12:]}


def register(app: Flask, level: str) -> None:
    """Number, time and log every request of an application, and add the security headers to every answer."""
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        log.addHandler(handler)
        log.propagate = False
    log.setLevel(level)
    app.wsgi_app = _watched(app.wsgi_app)  # type: ignore[method-assign,assignment]


def _watched(wsgi_app: Wsgi) -> Wsgi:
    """An application whose every request is numbered and logged. Below Flask, where it costs least."""
    ids = RequestIds()

    def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        given = environ.get("HTTP_X_REQUEST_ID")
        number = environ[REQUEST_ID] = given if given and _REQUEST_ID.fullmatch(given) else ids.new()
        began = time.perf_counter()

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            if log.isEnabledFor(logging.INFO):
                ms = round((time.perf_counter() - began) * 1000, 2)
                log.info("request", extra={"fields": _fields(environ, number, status, ms)})
            return start_response(status, [*headers, ("X-Request-Id", number), *SECURITY_HEADERS], exc_info)

        parts = wsgi_app(environ, start)
        return parts if isinstance(parts, list) else _whole(parts)

    return call


def _whole(parts: Iterable[bytes]) -> list[bytes]:
    """An answer in one piece: no answer here is streamed, and servers send a list faster than what they must ask."""
    try:
        return [b"".join(parts)]
    finally:
        if hasattr(parts, "close"):
            parts.close()


def _fields(environ: dict[str, Any], number: str, status: str, ms: float) -> dict[str, object]:
    """What is told of a request: the route and the key's name, never the address as it was sent."""
    return {
        "request_id": number,
        "method": environ["REQUEST_METHOD"],
        "route": environ.get(ROUTE),
        "status": int(status[:3]),
        "ms": ms,
        "client": environ.get(CLIENT),
    }
