"""`Idempotency-Key`: a request that is repeated counts once, and gets the first answer again."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from flask import Response, request
from sqlalchemy.engine import Connection

from service.intake import Ready, count, rows_of
from service.parts import Parts
from service.problems import Problem
from service.store import idempotency as store
from service.store.database import Database
from service.store.inserts import insert

HEADER = "Idempotency-Key"
KEPT = timedelta(days=7)
"""How long a first answer is kept."""

_KEY = re.compile(r"[\x21-\x7e]{1,200}")


class Once:
    """A request that counts once: knows its key and its body. Without the header it does nothing."""

    def __init__(self, client: int, body: str) -> None:
        self.client = client
        self.key = request.headers.get(HEADER)
        self.body = hashlib.sha256(body.encode()).hexdigest()
        if self.key is not None and not _KEY.fullmatch(self.key):
            raise Problem(422, f"{HEADER} must be 1 to 200 visible ASCII characters")

    @contextmanager
    def running(self, database: Database) -> Iterator[None]:
        """Mark the request as running in this process; on SQLite on this machine.

        Raises
        ------
        Problem
            409 while the same request runs already.
        """
        if self.key is None:
            yield
            return
        with database.marks.hold(f"{self.client} {self.key}") as free:
            if not free:
                raise _still_running()
            yield

    def first_answer(self, connection: Connection) -> Response | None:
        """The first answer, where the request has been answered before.

        Raises
        ------
        Problem
            422 when the key came with another body, 409 while another process works on it.
        """
        if self.key is None:
            return None
        if not store.hold(connection, self.client, self.key):
            raise _still_running()
        row = store.first_answer(connection, self.client, self.key)
        if row is None:
            return None
        if row.body != self.body:
            raise Problem(422, f"This {HEADER} was used for another body; use a new key for a new complaint")
        response = Response(row.answer, 201, content_type="application/json")
        response.headers["Idempotent-Replayed"] = "true"
        return response

    def keep(self, connection: Connection, answer: str, at: datetime) -> None:
        """Keep the answer, in the transaction that it tells of."""
        if self.key is not None:
            store.keep(connection, self.client, self.key, self.body, answer, at)


def store_once(once: Once, ready: Ready, answer: str, actor: str, app: Parts) -> Response | None:
    """Store a complaint and its answer, unless the request was answered before: then that first answer."""
    rows = rows_of(ready, actor)

    def keep(connection: Connection) -> Response | None:
        first = once.first_answer(connection)
        if first is None:
            insert(connection, rows)
            once.keep(connection, answer, ready.complaint["received_at"])
        return first

    first = None
    if once.key is None:
        app.database.insert(rows)
    else:
        first = app.database.together(keep)
    if first is None:
        count(ready, app)
    return first


def _still_running() -> Problem:
    return Problem(
        409, f"A request with this {HEADER} is still running; ask again shortly", headers={"Retry-After": "1"}
    )
