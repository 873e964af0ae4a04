"""No statement of the running service reads a whole table, or sorts the archive: the database itself is asked."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from service import sender
from service.cloudevents import new_secret
from service.parts import Parts
from service.store import complaints, webhooks
from service.store.tables import dispositions, metadata
from service.sweep import sweep
from tests.service.conftest import LAMP, Api, hand_in

SMALL = {"api_keys", "webhooks", "outbox", "deliveries"}
"""Tables of a few rows, or of what has not been sent."""

ARCHIVE = set(metadata.tables) - SMALL
OF_THE_OPEN = re.compile(r" INDEX ix_dispositions_(open|due)\b")
OF_ONE = re.compile(r"\((id|rowid|complaint|event|parent)=\?| AND rowid<\?\)")
"""A search for one row, or for what belongs to one complaint."""

Asked = list[tuple[str, Any]]


@contextmanager
def asked_of(parts: Parts) -> Iterator[Asked]:
    """The statements that are executed in the block, with their parameters."""
    found: Asked = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, _context: object, many: bool) -> None:
        found.append((statement, parameters[0] if many else parameters))

    sa.event.listen(parts.database.engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(parts.database.engine, "before_cursor_execute", note)


def slow_steps(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """The steps of SQLite's plan that read a whole table, or sort what a search by anything but keys has found."""
    if not statement.startswith(("SELECT", "UPDATE", "DELETE")):
        return []
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    found, wide = [], set()
    for _id, parent, _unused, step in plan:
        named = re.match(r"(SCAN|SEARCH) (\w+)", step)
        table = named[2].removesuffix("_1") if named else ""
        if table in ARCHIVE and not OF_THE_OPEN.search(step):
            if step.startswith("SCAN"):
                found.append(step)
            if not OF_ONE.search(step):
                wide.add(parent)
    found += [step for _id, parent, _unused, step in plan if step.startswith("USE TEMP B-TREE") and parent in wide]
    return found


@pytest.fixture
def sqlite_parts(parts: Parts) -> Parts:
    if not parts.database.sqlite:
        pytest.skip("the plans of SQLite; they do not depend on what is stored")
    return parts


def test_no_statement_grows_with_the_archive(sqlite_parts: Parts, api_for: Callable[..., Api]) -> None:
    parts, watcher = sqlite_parts, api_for("metrics")
    intake, reviewer, dishub = api_for("intake"), api_for("reviewer"), api_for("department:dishub")
    hook = {"name": "w", "url": "http://127.0.0.1:1/", "secret": new_secret(), "queue": "dishub"}
    with parts.database.write() as connection:
        webhooks.add(connection, hook | {"created_at": datetime.now(UTC)})
    with asked_of(parts) as asked:
        number = intake.post("/v1/complaints", {"text": LAMP}, Idempotency_Key="a").get_json()["id"]
        hand_in(intake, place={"kecamatan": "Utara"}, reporter={"name": "Budi"})
        path = f"/v1/complaints/{number}"
        for query in ({}, {"status": "menunggu"}, {"status": "selesai"}, {"due": "overdue"}, {"due": "soon"}):
            assert dishub.get("/v1/queues/dishub", offset=1, **query).status_code == 200
        assert dishub.get("/v1/queues").status_code == watcher.get("/metrics").status_code == 200
        assert dishub.post("/v1/queues/dishub/claim", {}).get_json()["complaint"]
        dishub.post(f"{path}/ask", {"message": "Di mana?"}), intake.post(f"{path}/complete", {"text": "Krapyak"})
        assert dishub.post(f"{path}/children", {"texts": [LAMP + " sekali"]}).status_code == 201
        assert reviewer.post(f"{path}/corrections", {"urgency": "rendah", "reason": "x"}).status_code < 300
        assert dishub.post(f"{path}/resolve", {}).status_code == 200
        assert intake.post(f"{path}/reopen", {"reason": "x"}).status_code == 200
        for api in (reviewer, dishub, intake):
            for more in ("", "/events", "/corrections", "/duplicates"):
                assert api.get(path + more).status_code == (403 if api is intake and more in SECRET else 200)
            for query in ({}, {"status": "closed", "service_code": "sosial"}, {"service_request_id": number}):
                assert api.get("/open311/v2/requests.json", **query).status_code == 200
        sender.deliver(parts.database)
        sweep(parts, datetime.now(UTC) + timedelta(hours=2)), sweep(parts, datetime.now(UTC) + timedelta(days=60))
        with parts.database.read() as connection:
            assert len(list(complaints.open_ones(connection))) == 3
    assert len(asked) > 100
    with parts.database.read() as connection:
        slow = {statement: slow_steps(connection, statement, parameters) for statement, parameters in asked}
    assert {statement: steps for statement, steps in slow.items() if steps} == {}


SECRET = ("/corrections", "/duplicates")


@pytest.mark.parametrize(
    "select",
    [
        sa.select(dispositions.c.complaint).where(dispositions.c.department == "dishub"),
        sa.select(dispositions.c.complaint).where(dispositions.c.status.in_(["menunggu"])),
        sa.select(dispositions).where(dispositions.c.complaint >= "2026").order_by(dispositions.c.rank),
    ],
)
def test_what_grows_is_found(sqlite_parts: Parts, select: sa.Select[Any]) -> None:
    with asked_of(sqlite_parts) as asked, sqlite_parts.database.read() as connection:
        connection.execute(select)
    with sqlite_parts.database.read() as connection:
        assert slow_steps(connection, *asked[-1])
