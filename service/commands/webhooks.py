"""`disposisi webhooks`: who outside is told of events, and what could not be told."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import click
from sqlalchemy.engine import Connection, Row

from service.cloudevents import new_secret
from service.commands.plain import minute, plain_errors
from service.config import read_config
from service.routing.load import read_routing
from service.store import keys
from service.store import webhooks as store
from service.store.database import Database


@click.group()
def command() -> None:
    """Tell other systems what happens to complaints."""


@command.command()
@click.argument("name", callback=lambda _ctx, _parameter, name: check_name(name))
@click.argument("url", callback=lambda _ctx, _parameter, url: check_url(url))
@click.option("--queue", help="Tell what happens in this queue.")
@click.option("--client", help="Tell what happens to the complaints that this key handed in.")
def add(name: str, url: str, queue: str | None, client: str | None) -> None:
    """Make a webhook called NAME that posts to URL, and print its secret; it is shown this once only."""
    if (queue is None) == (client is None):
        raise click.UsageError("give either --queue or --client")
    secret = new_secret()
    with plain_errors():
        config = read_config()
        known = read_routing(config.data).queues
        if queue is not None and queue not in known:
            raise click.BadParameter(f"no queue {queue!r}; use one of {', '.join(known)}", param_hint="--queue")
        with Database(config.database) as database, database.write() as connection:
            if store.by_name(connection, name) is not None:
                raise click.ClickException(f"a webhook {name!r} exists; choose another name or remove it first")
            key = keys.by_name(connection, client) if client else None
            if client and (key is None or key.revoked_at):
                raise click.ClickException(f"no valid key {client!r}; see: disposisi keys list")
            values = {"name": name, "url": url, "secret": secret, "queue": queue, "client": key.id if key else None}
            store.add(connection, values | {"created_at": datetime.now(UTC)})
    click.echo(secret)


def check_name(name: str) -> str:
    """Refuse a name that is too long or blank."""
    if not 1 <= len(name.strip()) <= 50:
        raise click.BadParameter("use 1 to 50 characters")
    return name.strip()


def check_url(url: str) -> str:
    """Refuse an address that nothing can be sent to."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not parts.username
    except ValueError:
        usable = False
    if not usable or len(url) > 500 or not url.isascii() or not url.isprintable() or " " in url:
        raise click.BadParameter("use an address such as https://example.go.id/path, without a name and password in it")
    return url


@command.command("list")
def list_() -> None:
    """List all webhooks: what they tell, to whom, how much waits or was given up, and the last success."""
    with plain_errors(), Database(read_config().database) as database, database.read() as connection:
        rows = store.listed(connection)
        names = {key.id: key.name for key in keys.listed(connection)}
    for row in rows:
        about = f"queue {row.queue}" if row.queue else f"client {names[row.client]}"
        last = f"last told {minute(row.delivered_at)}" if row.delivered_at else "never told"
        click.echo("\t".join((row.name, about, row.url, f"{row.waiting} waiting", f"{row.dead} dead", last)))


@command.command()
@click.argument("name")
def rotate(name: str) -> None:
    """Give the webhook called NAME a new secret, and print it; it signs from now on, also what is tried again."""
    secret = new_secret()
    with plain_errors(), Database(read_config().database) as database, database.write() as connection:
        store.change_secret(connection, _find(connection, name).id, secret)
    click.echo(secret)


@command.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove the webhook called NAME, and all that its receiver has not been told yet."""
    with plain_errors(), Database(read_config().database) as database, database.write() as connection:
        store.remove(connection, _find(connection, name).id)
    click.echo(f"Removed {name}")


@command.command()
@click.argument("name", required=False)
def dead(name: str | None) -> None:
    """List what was given up after many attempts: webhook, event, complaint, type, time, the last error."""
    with plain_errors(), Database(read_config().database) as database, database.read() as connection:
        if name:
            _find(connection, name)
        rows = store.dead(connection, name)
    for row in rows:
        click.echo("\t".join((row.name, str(row.event), row.complaint, row.type, minute(row.at), row.error)))


@command.command()
@click.argument("name")
@click.option("--event", "events", type=int, multiple=True, help="Only this one, by its number; may be repeated.")
def resend(name: str, events: tuple[int, ...]) -> None:
    """Try again what the webhook called NAME gave up; a running server sends it."""
    with plain_errors(), Database(read_config().database) as database, database.write() as connection:
        count = store.resend(connection, _find(connection, name).id, events, datetime.now(UTC))
    click.echo(f"{count} will be sent again")


def _find(connection: Connection, name: str) -> Row[Any]:
    row = store.by_name(connection, name)
    if row is None:
        raise click.ClickException(f"no webhook {name!r}; see: disposisi webhooks list")
    return row
