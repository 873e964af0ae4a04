"""Nothing that was answered is lost, doubled or claimed twice: servers killed under load, eight claimers at once.

Run by hand, with a trained model in var/models or DISPOSISI_MODELS; PostgreSQL is a throw-away server of its own:

    python -m tests.benchmarks.durability [--kills 20] [--complaints 2000] [--database sqlite]
"""

import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import click

from service.store.database import Database
from tests.benchmarks.postgres import Postgres
from tests.service.load import (
    TEXT,
    Sender,
    add_webhook,
    children_of,
    compare,
    database_of,
    handing_in,
    is_good,
    kill,
)
from tests.service.running import Server, post, running_server

MODELS = Path(os.environ.get("DISPOSISI_MODELS", Path(__file__).parents[2] / "var" / "models"))
CLIENTS = 8


def kill_service(var: Path, address: str, senders: Sequence[Sender], kills: int, seconds: float) -> bool:
    """Kill the service and its processes under load, again and again, each time started anew."""
    for _ in range(kills):
        with running_server(var, MODELS, database=address) as server, handing_in(senders, server):
            time.sleep(seconds)
            kill(server)
    return settle(var, address, senders)


def kill_postgres(var: Path, postgres: Postgres, senders: Sequence[Sender], kills: int, seconds: float) -> bool:
    """Kill PostgreSQL and its processes under load, again and again; the service goes on, in the same processes."""
    told_true, slowest = True, 0.0
    with running_server(var, MODELS, database=postgres.address) as server:
        processes = children_of(server.process.pid)
        with handing_in(senders, server):
            for _ in range(kills):
                time.sleep(seconds)
                postgres.kill()
                told_true &= database_of(server) == "does not answer"
                postgres.start()
                began = time.perf_counter()
                while database_of(server) != "ok":
                    time.sleep(0.01)
                slowest = max(slowest, time.perf_counter() - began)
            time.sleep(seconds)
        survived = children_of(server.process.pid) == processes
    click.echo(f"  the same processes: {survived}; /ready told true: {told_true}; ready again within {slowest:.2f} s")
    return settle(var, postgres.address, senders) and survived and told_true


def settle(var: Path, address: str, senders: Sequence[Sender]) -> bool:
    """Let clients repeat what was not answered, compare what they hold with what is stored, and say so."""
    statuses = sum((sender.statuses for sender in senders), Counter[int]())
    with running_server(var, MODELS, database=address) as server:
        for sender in senders:
            sender.hand_in(server)
    with Database(address) as database:
        found = compare(database, senders)
    for sender in senders:
        sender.statuses.clear()
    click.echo(f"  answers by status: {dict(statuses)}\n  " + ", ".join(f"{found[what]} {what}" for what in found))
    return is_good(found)


def claims(var: Path, address: str, wanted: int) -> bool:
    """Fill the queue, let eight officers empty it at once."""
    with running_server(var, MODELS, database=address) as server, ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda _: post(server, "/v1/complaints", {"text": TEXT}), range(wanted)))
        began = time.perf_counter()
        got = Counter(number for one in pool.map(lambda n: claim_all(server, n), range(CLIENTS)) for number in one)
    took, twice = time.perf_counter() - began, sum(count > 1 for count in got.values())
    click.echo(f"  {CLIENTS} claimers: {len(got)} of {wanted} claimed, {twice} twice, {sum(got.values()) / took:.0f}/s")
    return len(got) == wanted and not twice


def claim_all(server: Server, officer: int) -> list[str]:
    """Claim from the queue until it is empty."""
    got: list[str] = []
    while True:
        status, _, answer = post(server, "/v1/queues/dishub/claim", {"officer": f"petugas {officer}"})
        assert status == 200
        if answer["complaint"] is None:
            return got
        got.append(str(answer["complaint"]["id"]))


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[tuple[str, str, Postgres | None]]:
    """The addresses of two empty databases, and their server."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'one.db'}", f"sqlite:///{folder / 'two.db'}", None
        return
    postgres = Postgres(folder / "postgres")
    postgres.start()
    try:
        with Database(postgres.address) as database, database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("CREATE DATABASE two")
        yield postgres.address, postgres.address.removesuffix("postgres") + "two", postgres
    finally:
        postgres.stop()


@click.command()
@click.option("--kills", default=20)
@click.option("--seconds", default=1.5, help="Of load before each kill.")
@click.option("--complaints", "wanted", default=2_000)
@click.option("--database", "kinds", multiple=True, type=click.Choice(["sqlite", "postgresql"]), help="Default: both.")
def main(kills: int, seconds: float, wanted: int, kinds: tuple[str, ...]) -> None:
    """Print what was found; the exit code is 1 when something is missing or double."""
    good = True
    for kind in kinds or ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as name, databases(kind, Path(name)) as (one, two, postgres):
            var, senders = Path(name) / "var", [Sender(f"client-{n}", keyed=n % 2 == 0) for n in range(CLIENTS)]
            with running_server(var, MODELS, database=one), Database(one) as database:
                add_webhook(database)
            click.echo(f"{kind}: the service killed {kills} times")
            good &= kill_service(var, one, senders, kills, seconds)
            if postgres:
                click.echo(f"{kind}: PostgreSQL killed {kills} times")
                good &= kill_postgres(var, postgres, senders, kills, seconds)
            good &= claims(Path(name) / "var-two", two, wanted)
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
