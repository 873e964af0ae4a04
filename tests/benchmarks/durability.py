"""Nothing that was answered is lost or claimed twice: the server killed under load, eight claimers at once.

Run by hand, with a trained model in var/models; SQLite, or the database of DISPOSISI_DATABASE:

    python -m tests.benchmarks.durability [--kills 20] [--complaints 2000]
"""

import json
import os
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import sqlalchemy as sa

from service.store.database import Database
from service.store.tables import complaints, dispositions, events
from tests.service.running import Server, running_server

ROOT = Path(__file__).parents[2]
TEXT = "Lampu jalan di Gang Melati Krapyak mati sudah dua minggu, gelap sekali"
CLIENTS = 8


def ask(server: Server, path: str, body: dict[str, object], **headers: str) -> dict[str, object]:
    """The answer to a POST with the server's first key."""
    named = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(server.address + path, json.dumps(body).encode(), named)
    with urllib.request.urlopen(request, timeout=20) as answer:
        found: dict[str, object] = json.load(answer)
        return found


def hand_in(server: Server, round_: int, client: int, stop: threading.Event) -> list[str]:
    """Hand complaints in until told to stop or the server is gone; the numbers that were answered with 201."""
    got: list[str] = []
    while not stop.is_set():
        try:
            key = f"{round_}-{client}-{len(got)}"
            got.append(str(ask(server, "/v1/complaints", {"text": TEXT}, Idempotency_Key=key)["id"]))
        except (urllib.error.URLError, OSError, json.JSONDecodeError):
            return got
    return got


def kill_under_load(server: Server, round_: int, seconds: float) -> list[str]:
    """Load the server, kill it and its children at once; the numbers that clients hold."""
    stop = threading.Event()
    with ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(hand_in, server, round_, client, stop) for client in range(CLIENTS)]
        time.sleep(seconds)
        parent = server.process.pid
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False
        )
        for pid in (parent, *map(int, listed.stdout.split())):
            os.kill(pid, signal.SIGKILL)
        stop.set()
        return [number for one in running for number in one.result()]


def claim_all(server: Server, officer: int) -> list[str]:
    """Claim from the queue until it is empty."""
    got: list[str] = []
    while found := ask(server, "/v1/queues/dishub/claim", {"officer": f"petugas {officer}"})["complaint"]:
        assert isinstance(found, dict)
        got.append(str(found["id"]))
    return got


@click.command()
@click.option("--kills", default=20)
@click.option("--seconds", default=1.5, help="Of load before each kill.")
@click.option("--complaints", "wanted", default=2_000)
def main(kills: int, seconds: float, wanted: int) -> None:
    """Print what was found; the exit code is 1 when something is missing or double."""
    database = os.environ.get("DISPOSISI_DATABASE")
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        held: list[str] = []
        for round_ in range(kills):
            with running_server(var, ROOT / "var" / "models", database=database) as server:
                held += kill_under_load(server, round_, seconds)
        address = database or f"sqlite:///{var / 'disposisi.db'}"
        good = tell_of_kills(address, held, kills)
        with running_server(var, ROOT / "var" / "models", database=database) as server:
            good &= claims(server, address, wanted)
    raise SystemExit(0 if good else 1)


def tell_of_kills(address: str, held: list[str], kills: int) -> bool:
    """Compare what clients hold with what is stored, each complaint with its disposition and first event."""
    with Database(address) as database, database.read() as connection:
        joined = sa.select(complaints.c.id, sa.func.count(events.c.id)).join(
            dispositions, dispositions.c.complaint == complaints.c.id
        )
        joined = joined.join(events, events.c.complaint == complaints.c.id).group_by(complaints.c.id)
        stored = {row[0]: row[1] for row in connection.execute(joined)}
    missing, double = set(held) - set(stored), len(held) - len(set(held))
    odd = sum(count != 1 for count in stored.values())
    click.echo(
        f"{kills} kills: {len(held)} answered 201, {len(missing)} of them missing, {double} double; "
        f"{len(stored)} stored, {odd} without exactly one first event"
    )
    return not missing and not double and not odd


def claims(server: Server, address: str, wanted: int) -> bool:
    """Fill the queue, let eight officers empty it at once."""
    with Database(address) as database, database.read() as connection:
        waiting = connection.execute(sa.select(sa.func.count()).select_from(dispositions)).scalar_one()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda _: ask(server, "/v1/complaints", {"text": TEXT}), range(max(0, wanted - waiting))))
        began = time.perf_counter()
        got = Counter(number for one in pool.map(lambda n: claim_all(server, n), range(CLIENTS)) for number in one)
    took = time.perf_counter() - began
    total, double = max(wanted, waiting), sum(count > 1 for count in got.values())
    click.echo(f"{CLIENTS} claimers: {len(got)} of {total} claimed, {double} twice, {sum(got.values()) / took:.0f}/s")
    return len(got) == total and not double


if __name__ == "__main__":
    main()
