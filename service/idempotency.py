"""`Idempotency-Key`: a request that is repeated counts once, and gets the first answer again."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from flask import Response, request
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from service.intake import Ready, count, rows_of
from service.parts import Parts
from service.problems import Problem
from service.store import idempotency as store
from service.store.database import Database
from service.store.inserts import Row

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
        """Mark the request as running on this machine.

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
            422 when the key came with another body.
        """
        row = store.first_answer(connection, self.client, self.key) if self.key else None
        if row is None:
            return None
        if row.body != self.body:
            raise Problem(422, f"This {HEADER} was used for another body; use a new key for a new complaint")
        response = Response(row.answer, 201, content_type="application/json")
        response.headers["Idempotent-Replayed"] = "true"
        return response

    def rows(self, answer: str, at: datetime) -> list[Row]:
        """What keeps the answer, to be inserted with what it tells of."""
        return [store.row_of(self.client, self.key, self.body, answer, at)] if self.key else []


def store_once(once: Once, ready: Ready, answer: str, actor: str, app: Parts) -> Response | None:
    """Store a complaint and its answer, unless the request was answered before: then that first answer.

    It is stored unseen, since few requests are repeated; the database takes a client's key once. Where another machine
    works on the same request, it makes this one wait for what comes of it.
    """
    try:
        app.database.insert([*rows_of(ready, actor), *once.rows(answer, ready.complaint["received_at"])])
    except IntegrityError:
        with app.database.read() as connection:
            first = once.first_answer(connection)
        if first is None:
            raise
        return first
    count(ready, app)
    return None


def _still_running() -> Problem:
    return Problem(
        409, f"A request with this {HEADER} is still running; ask again shortly", headers={"Retry-After": "1"}
    )
