"""Requests per second and tail latency of the service, against routes that do nothing else, on each WSGI server.

Run by hand and as a module (`-m`), in a development environment with `wrk` (Debian: apt install wrk), a trained model
in var/models, and the servers to be compared:

    pip install gunicorn waitress
    python -m tests.benchmarks.service [--server granian] [--connections 16,64,256]
    python -m tests.benchmarks.service --database postgresql   (a throw-away server that syncs; Debian's postgresql)

The third column compares: classifying with a bare Flask route that answers a constant, handing in with a route that
only inserts the same row. `/base/inside` answers the constant behind the service's own key, log and metrics;
`/uncounted/` is the service without its metrics.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from statistics import median

import click

from tests.benchmarks.postgres import Postgres
from tests.service.running import free_port, wait_for

ROOT = Path(__file__).parents[2]
TEXT = "Lampu jalan di Gang Melati Krapyak mati sudah dua minggu, gelap sekali"
FACTORY = "tests.benchmarks.baseline:application"

SERVERS = {
    "granian": "granian --interface rsgi --no-ws --factory --log-level error --host 127.0.0.1 --port {port} "
    "--workers {processes} tests.benchmarks.baseline:server",
    "gunicorn-sync": "gunicorn -b 127.0.0.1:{port} --workers {processes} --log-level error " + FACTORY + "()",
    "gunicorn-gthread": "gunicorn -b 127.0.0.1:{port} --workers {processes} --threads {threads} -k gthread "
    "--log-level error " + FACTORY + "()",
    "waitress": "waitress-serve --listen 127.0.0.1:{port} --threads {threads} --call " + FACTORY,
}
ANSWERING = {
    "/base/constant": "/base/constant",
    "/base/inside": "/base/constant",
    "/v1/classify": "/base/constant",
    "/uncounted/v1/classify": "/base/constant",
}
STORING = {"/base/insert": "/base/insert", "/v1/complaints": "/base/insert"}
"""Each route and the one it is compared with."""

KEYED = """count = 0
request = function()
  count = count + 1
  wrk.headers["Idempotency-Key"] = "%s-" .. count
  return wrk.format()
end
"""


def measure(
    address: str, key: str, connections: int, seconds: int, folder: Path, keyed: bool
) -> tuple[float, float, int]:
    """Requests per second, the milliseconds that 99 of 100 stay under, and answers that were no success.

    ``keyed``: each request has an Idempotency-Key of its own.
    """
    script = folder / "post.lua"
    script.write_text(
        f'wrk.method = "POST"\nwrk.body = {json.dumps(json.dumps({"text": TEXT}))}\n'
        f'wrk.headers["Content-Type"] = "application/json"\nwrk.headers["Authorization"] = "Bearer {key}"\n'
        + (KEYED % token_hex(8) if keyed else "")
    )
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script), address]
    made = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 60).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", made)[1])  # type: ignore[index]
    tail, unit = re.search(r"\n\s+99%\s+([\d.]+)(us|ms|s|m)\s", made).groups()  # type: ignore[union-attr]
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", made)
    return rate, float(tail) * {"us": 0.001, "ms": 1, "s": 1_000, "m": 60_000}[unit], int(bad[1]) if bad else 0


@contextmanager
def database_at(wanted: str, folder: Path) -> Iterator[str]:
    """The address of an empty database in a folder, or what is an address already."""
    if wanted == "sqlite":
        yield f"sqlite:///{folder / 'disposisi.db'}"
    elif wanted == "postgresql":
        postgres = Postgres(folder / "postgres")
        postgres.start()
        try:
            yield postgres.address
        finally:
            postgres.stop()
    else:
        yield wanted


@click.command()
@click.option("--server", "servers", multiple=True, type=click.Choice(list(SERVERS)))
@click.option("--seconds", default=3, help="Of each measurement.")
@click.option("--rounds", default=3, help="Measurements of each route, in turn; the medians are told.")
@click.option("--connections", default="16", help="Comma-separated.")
@click.option("--answering/--not-answering", default=True, help="The routes that write nothing.")
@click.option("--storing/--not-storing", default=True, help="The routes that write.")
@click.option("--keyed", is_flag=True, help="Each request has an Idempotency-Key of its own.")
@click.option("--processes", default=1)
@click.option("--threads", default=8)
@click.option("--database", default="sqlite", help="sqlite, postgresql (both thrown away), or an address.")
@click.option("--models", type=click.Path(path_type=Path), default=ROOT / "var" / "models")
def main(
    servers: tuple[str, ...],
    seconds: int,
    rounds: int,
    connections: str,
    answering: bool,
    storing: bool,
    keyed: bool,
    processes: int,
    threads: int,
    database: str,
    models: Path,
) -> None:
    """Print one line a route and number of connections."""
    routes = (ANSWERING if answering else {}) | (STORING if storing else {})
    for name in servers or SERVERS:
        for count in map(int, connections.split(",")):
            with tempfile.TemporaryDirectory() as folder, database_at(database, Path(folder)) as address:
                settings = {
                    "DISPOSISI_VAR": folder,
                    "DISPOSISI_MODELS": str(models),
                    "DISPOSISI_DATABASE": address,
                    "DISPOSISI_LOG_LEVEL": "WARNING",
                    "DISPOSISI_THREADS": str(threads),
                    "PROMETHEUS_MULTIPROC_DIR": folder,
                    "PYTHONPATH": str(ROOT),
                }
                words = SERVERS[name].format(port="{port}", processes=processes, threads=threads)
                run(name, words, routes, count, seconds, rounds, keyed, os.environ | settings, Path(folder))


def run(
    name: str,
    words: str,
    routes: dict[str, str],
    connections: int,
    seconds: int,
    rounds: int,
    keyed: bool,
    environment: dict[str, str],
    folder: Path,
) -> None:
    """Start one server, load each route in turn, so that a busy moment of the machine strikes all alike."""
    key, port = prepare(environment), free_port()
    program, *rest = words.format(port=port).split()
    command = [str(Path(sys.executable).with_name(program)), *rest]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/ready", process)
        found: dict[str, list[tuple[float, float, int]]] = {route: [] for route in routes}
        for _ in range(rounds):
            for route, seen in found.items():
                seen.append(measure(f"http://127.0.0.1:{port}{route}", key, connections, seconds, folder, keyed))
        for route, other in routes.items():
            rates, tails, bad = zip(*found[route], strict=True)
            part = median(rate / of[0] for rate, of in zip(rates, found[other], strict=True))
            told = f"{median(rates):8.0f}/s  {part:5.2f}  99 %: {median(tails):7.1f} ms  bad: {sum(bad)}"
            click.echo(f"{name:18}{connections:5}  {route:24}{told}")
    finally:
        process.terminate()
        process.wait(20)


def prepare(environment: dict[str, str]) -> str:
    """Make the tables, and a key that may ask as often as it likes."""
    disposisi = [sys.executable, "-m", "disposisi"]
    subprocess.run([*disposisi, "db", "upgrade"], env=environment, check=True, capture_output=True)
    words = ["keys", "add", "bench", "--scope", "intake", "--per-minute", "0"]
    made = subprocess.run([*disposisi, *words], env=environment, check=True, capture_output=True, text=True)
    return made.stdout.strip()


if __name__ == "__main__":
    main()
