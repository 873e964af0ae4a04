"""Clients that repeat what was not answered, servers that are killed, and what must be in the database afterwards."""

import json
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa

from service.store import webhooks
from service.store.database import Database
from service.store.tables import complaints, deliveries, dispositions, events, idempotency, outbox
from tests.service.running import Server, post

TEXT = "Lampu jalan di Gang Melati Krapyak mati sudah dua minggu, gelap sekali"
UNKEYED = "without a key"


@dataclass
class Sender:
    """A client that hands in one complaint after another, each under a key that it repeats until it is answered.

    Not ``keyed``: without keys, and what is not answered is not sent again.
    """

    name: str
    keyed: bool = True
    got: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    """0: no answer."""

    def hand_in(self, server: Server) -> None:
        """Hand in the next complaint, or again the one that was not answered."""
        key = {"Idempotency_Key": f"{self.name}-{len(self.got)}"} if self.keyed else {}
        sent = {"text": TEXT, "external_reference": None if self.keyed else UNKEYED}
        try:
            status, headers, answer = post(server, "/v1/complaints", sent, **key)
        except (OSError, ValueError):  # no answer, or half of one
            self.statuses[0] += 1
            return
        self.statuses[status] += 1
        if status == 201:
            self.got.append(answer["id"])
        else:
            assert (headers["Content-Type"], answer["status"]) == ("application/problem+json", status)

    def hand_in_until(self, server: Server, stop: threading.Event) -> None:
        """Hand in until told to stop or the server has ended; a pause after what is no success."""
        while not stop.is_set() and server.process.poll() is None:
            before = len(self.got)
            self.hand_in(server)
            if len(self.got) == before:
                time.sleep(0.05)


@contextmanager
def handing_in(senders: Sequence[Sender], server: Server) -> Iterator[None]:
    """All of them hand in at once during the block; what one of them did not expect is raised at its end."""
    stop = threading.Event()
    with ThreadPoolExecutor(len(senders)) as pool:
        running = [pool.submit(sender.hand_in_until, server, stop) for sender in senders]
        try:
            yield
        finally:
            stop.set()
        for one in running:
            one.result()


def database_of(server: Server) -> str:
    """What `/ready` says of the database."""
    try:
        with urllib.request.urlopen(server.address + "/ready", timeout=10) as answer:
            return str(json.load(answer)["database"])
    except urllib.error.HTTPError as error:
        with error:
            return str(json.load(error)["database"])


def children_of(parent: int) -> list[int]:
    """The processes that a process started."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in listed.stdout.split()]


def kill_family(parent: int) -> None:
    """`kill -9` a process and its children."""
    for pid in (parent, *children_of(parent)):
        with suppress(ProcessLookupError):  # it ended with its parent
            os.kill(pid, signal.SIGKILL)


def kill(server: Server) -> None:
    """`kill -9` a server with its processes."""
    kill_family(server.process.pid)
    server.process.wait(5)


def add_webhook(database: Database) -> None:
    """A webhook whose receiver is never there: what the outbox hands it stays, and can be counted."""
    hook = {"name": "x", "url": "http://127.0.0.1:9/", "secret": "whsec_eA==", "queue": "dishub"}
    with database.write() as connection:
        webhooks.add(connection, hook | {"created_at": datetime.now(UTC)})


def compare(database: Database, senders: Sequence[Sender]) -> dict[str, int]:
    """What clients hold against what is stored; nothing went wrong when all but the first two are 0.

    ``odd``: without exactly one disposition, first event, and outbox row or delivery of that. What was handed in
    without a key may be stored and never answered.
    """
    told = sa.union_all(sa.select(outbox.c.event), sa.select(deliveries.c.event)).subquery()
    counts = [sa.func.count(column.distinct()) for column in (dispositions.c.complaint, events.c.id)]
    rows = (
        sa.select(complaints.c.id, *counts, sa.func.count(told.c.event))
        .outerjoin(dispositions, dispositions.c.complaint == complaints.c.id)
        .outerjoin(events, events.c.complaint == complaints.c.id)
        .outerjoin(told, told.c.event == events.c.id)
        .group_by(complaints.c.id)
    )
    with database.read() as connection:
        stored = {number: tuple(found) for number, *found in connection.execute(rows)}
        unkeyed = set(connection.scalars(sa.select(complaints.c.id).where(complaints.c.external_reference == UNKEYED)))
        answers = [json.loads(row.answer)["id"] for row in connection.execute(sa.select(idempotency.c.answer))]
    held = [number for sender in senders for number in sender.got]
    return {
        "answered": len(held),
        "stored": len(stored),
        "missing": len(set(held) - set(stored)),
        "double": len(held) - len(set(held)),
        "never answered": len(set(stored) - set(held) - unkeyed),
        "without a kept answer": len(set(stored) - unkeyed ^ set(answers)),
        "odd": sum(found != (1, 1, 1) for found in stored.values()),
    }


def is_good(found: dict[str, int]) -> bool:
    """Whether nothing is missing, double or odd."""
    return not any(list(found.values())[2:])
