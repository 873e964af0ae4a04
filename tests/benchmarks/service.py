"""Requests per second and tail latency of the service, against routes that do nothing else, on each WSGI server.

Run by hand, in a development environment with `wrk` (Debian: apt install wrk) and the servers to be compared:

    pip install gunicorn waitress
    python -m tests.benchmarks.service [--server granian] [--seconds 8] [--database ADDRESS] [--processes 1]
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from tests.service.running import free_port, wait_for

ROOT = Path(__file__).parents[2]
TEXT = "Lampu jalan di Gang Melati Krapyak mati sudah dua minggu, gelap sekali"
FACTORY = "tests.benchmarks.baseline:application"

SERVERS = {
    "granian": "granian --interface wsgi --no-ws --factory --log-level error --host 127.0.0.1 --port {port} "
    "--workers {processes} --blocking-threads {threads} " + FACTORY,
    "gunicorn-sync": "gunicorn -b 127.0.0.1:{port} --workers {processes} --log-level error " + FACTORY + "()",
    "gunicorn-gthread": "gunicorn -b 127.0.0.1:{port} --workers {processes} --threads {threads} -k gthread "
    "--log-level error " + FACTORY + "()",
    "waitress": "waitress-serve --listen 127.0.0.1:{port} --threads {threads} --call " + FACTORY,
}
ROUTES = ("/base/constant", "/v1/classify", "/base/insert", "/v1/complaints")


def measure(address: str, key: str, connections: int, seconds: int, folder: Path) -> tuple[float, str, int]:
    """Requests per second, the latency that 99 of 100 stay under, and answers that were no success."""
    script = folder / "post.lua"
    script.write_text(
        f'wrk.method = "POST"\nwrk.body = {json.dumps(json.dumps({"text": TEXT}))}\n'
        f'wrk.headers["Content-Type"] = "application/json"\nwrk.headers["Authorization"] = "Bearer {key}"\n'
    )
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script), address]
    made = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 60).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", made)[1])  # type: ignore[index]
    tail = re.search(r"99%\s+(\S+)", made)[1]  # type: ignore[index]
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", made)
    return rate, tail, int(bad[1]) if bad else 0


@click.command()
@click.option("--server", "servers", multiple=True, type=click.Choice(list(SERVERS)))
@click.option("--seconds", default=8)
@click.option("--connections", default="16", help="Comma-separated.")
@click.option("--stored/--not-stored", default=True, help="Also the routes that write.")
@click.option("--processes", default=1)
@click.option("--threads", default=8)
@click.option("--database", help="Address; by default SQLite in a temporary folder.")
@click.option("--models", type=click.Path(path_type=Path), default=ROOT / "var" / "models")
def main(
    servers: tuple[str, ...],
    seconds: int,
    connections: str,
    stored: bool,
    processes: int,
    threads: int,
    database: str | None,
    models: Path,
) -> None:
    """Print one line a route and number of connections."""
    for name in servers or SERVERS:
        for count in map(int, connections.split(",")):
            with tempfile.TemporaryDirectory() as folder:
                routes = ROUTES if stored else ROUTES[:2]
                run(name, routes, count, seconds, processes, threads, database, models, Path(folder))


def run(
    name: str,
    routes: tuple[str, ...],
    connections: int,
    seconds: int,
    processes: int,
    threads: int,
    database: str | None,
    models: Path,
    var: Path,
) -> None:
    """Start one server, load each route in turn."""
    settings = {"DISPOSISI_VAR": str(var), "DISPOSISI_MODELS": str(models), "DISPOSISI_LOG_LEVEL": "WARNING"}
    if database:
        settings["DISPOSISI_DATABASE"] = database
    environment = os.environ | settings | {"PYTHONPATH": str(ROOT)}
    disposisi = [sys.executable, "-m", "disposisi"]
    subprocess.run([*disposisi, "db", "upgrade"], env=environment, check=True, capture_output=True)
    made = subprocess.run(
        [
            *disposisi,
            "keys",
            "add",
            f"bench {os.getpid()} {name} {connections}",
            "--scope",
            "intake",
            "--per-minute",
            "0",
        ],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    port = free_port()
    words = SERVERS[name].format(port=port, processes=processes, threads=threads).split()
    words[0] = str(Path(sys.executable).with_name(words[0]))
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/ready", process)
        rates = {}
        for route in routes:
            address = f"http://127.0.0.1:{port}{route}"
            rates[route], tail, bad = measure(address, made.stdout.strip(), connections, seconds, var)
            part = rates[route] / rates[ROUTES[ROUTES.index(route) // 2 * 2]]
            click.echo(
                f"{name:18}{connections:5}  {route:18}{rates[route]:8.0f}/s  {part:5.2f}  99 %: {tail:>9}  bad: {bad}"
            )
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    main()
