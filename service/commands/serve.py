"""`disposisi serve`: from nothing to a running service."""

import os
import shlex
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from model import artifact
from service.app import create_app
from service.commands.plain import plain_errors
from service.config import Config, read_config
from service.keys import hashed, new_key
from service.store import keys
from service.store.database import Database
from service.store.schema import upgrade

EXAMPLE = "Lampu jalan di Gang Melati Krapyak mati sudah dua minggu, gelap sekali"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(min=1), help="Processes.")
@click.option(
    "--threads",
    envvar="DISPOSISI_THREADS",
    default=8,
    show_default=True,
    type=click.IntRange(min=1),
    help="Threads of a process, for requests that wait for the database or take long.",
)
@click.pass_obj
def command(train: Callable[[Path], str], host: str, port: int, workers: int, threads: int) -> None:
    """Train the default model if there is none, make the database, serve.

    Settings come from the environment: DISPOSISI_VAR, DISPOSISI_DATABASE, DISPOSISI_MODELS, DISPOSISI_DATA.
    """
    check_free(host, port)
    with TemporaryDirectory(prefix="disposisi-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # before the library is imported
        os.environ["DISPOSISI_THREADS"] = str(threads)
        prepare(train, f"http://{host}:{port}")
        serve(host, port, workers)


def check_free(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on. Granian itself would share a taken one without a word."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except (OSError, OverflowError) as error:
        raise click.ClickException(
            f"cannot listen on {host} port {port}: {error}; is a server running there already? Stop it, or choose "
            "another --port or --host"
        ) from error


def prepare(train: Callable[[Path], str], address: str) -> None:
    """Make what is missing, check that an application can be made, and say how to use it."""
    with plain_errors():
        config = read_config()
        if artifact.current(config.models) is None:
            click.echo("Training the default model; this takes less than a minute, once ...")
            train(config.models)
        with Database(config.database) as database:
            upgrade(database)
            key = has_first_key(config, database)
        create_app(config)
    click.echo(f"Disposisi answers on {address}, its documentation is at {address}/docs")
    if key:
        body = f'{{"text": "{EXAMPLE}"}}'
        click.echo(f"Try it:\n\n  {curl(address, config.first_key, body)}\n")
    else:
        click.echo("Make an API key with: disposisi keys add NAME --scope intake")


def curl(address: str, key: Path, body: str) -> str:
    """A line that hands in a complaint. It names the key's file: what is printed may end in a log."""
    read = f"$(cat {shlex.quote(str(key.resolve()))})"
    headers = f"-H \"Authorization: Bearer {read}\" -H 'Content-Type: application/json'"
    return f"curl {address}/v1/complaints {headers} -d '{body}'"


def has_first_key(config: Config, database: Database) -> bool:
    """Whether the key of this machine's owner is there: made with the first start, in a file that only the owner reads.

    False when the file is gone or its key no longer valid: then others have taken over.
    """
    path = config.first_key
    with database.read() as connection:
        fresh = not keys.listed(connection)
    if fresh:
        key = new_key()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key + "\n")
        with database.write() as connection:
            keys.add(connection, "first", hashed(key), ["admin"], None, datetime.now(UTC), None)
        return True
    if not path.is_file():
        return False
    key = path.read_text(encoding="utf-8").strip()
    with database.read() as connection:
        row = keys.by_hash(connection, hashed(key))
    return row is not None and row.revoked_at is None


def serve(host: str, port: int, workers: int) -> None:
    """Run the server until it is told to stop."""
    Granian(
        "service.background:server",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.error,
    ).serve()
