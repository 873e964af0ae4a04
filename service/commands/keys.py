"""`disposisi keys`: make, list and revoke API keys."""

from datetime import UTC, datetime, timedelta

import click

from model.city import City, read_city
from service.commands.plain import minute, plain_errors
from service.config import read_config
from service.keys import ROLES, hashed, new_key
from service.store import keys
from service.store.database import Database

PER_MINUTE = 600


@click.group()
def command() -> None:
    """Make, list and revoke API keys."""


@command.command()
@click.argument("name", callback=lambda _ctx, _parameter, name: check_name(name))
@click.option(
    "--scope", "scopes", multiple=True, required=True, help="intake, department:CODE, reviewer, metrics or admin."
)
@click.option("--days", type=click.IntRange(min=1), help="Days until it expires; without it, never.")
@click.option(
    "--per-minute", type=click.IntRange(min=0), default=PER_MINUTE, show_default=True, help="Requests; 0 for any."
)
def add(name: str, scopes: tuple[str, ...], days: int | None, per_minute: int) -> None:
    """Make a key called NAME and print it; it is shown this once only."""
    with plain_errors():
        config = read_config()
        for scope in scopes:
            check_scope(scope, read_city(config.data))
        key, now = new_key(), datetime.now(UTC)
        expires = now + timedelta(days=days) if days else None
        with Database(config.database) as database, database.write() as connection:
            if keys.by_name(connection, name) is not None:
                raise click.ClickException(f"a key {name!r} exists; choose another name, a revoked one's stays taken")
            keys.add(connection, name, hashed(key), list(scopes), per_minute or None, now, expires)
    click.echo(key)


def check_name(name: str) -> str:
    """Refuse a name that no event could carry, or that could be taken for an officer's: those are ``key/person``."""
    if not 1 <= len(name.strip()) <= 50 or "/" in name:
        raise click.BadParameter("use 1 to 50 characters, none of them a slash")
    return name.strip()


def check_scope(scope: str, city: City) -> None:
    """Refuse what is no scope."""
    role, _, department = scope.partition(":")
    if role not in ROLES or bool(department) != (role == "department"):
        raise click.BadParameter(
            f"{scope!r}: use intake, department:CODE, reviewer, metrics or admin", param_hint="--scope"
        )
    if department and department not in city.departments:
        codes = ", ".join(city.departments)
        raise click.BadParameter(f"no department {department!r}; use one of {codes}", param_hint="--scope")


@command.command("list")
def list_() -> None:
    """List all keys: name, scopes, rate, state, last use."""
    with plain_errors(), Database(read_config().database) as database, database.read() as connection:
        rows = keys.listed(connection)
    for row in rows:
        rate = f"{row.per_minute}/min" if row.per_minute else "any rate"
        used = f"used {minute(row.last_used_at)}" if row.last_used_at else "never used"
        click.echo("\t".join((row.name, ",".join(row.scopes), rate, _state(row.revoked_at, row.expires_at), used)))


def _state(revoked_at: datetime | None, expires_at: datetime | None) -> str:
    if revoked_at:
        return f"revoked {minute(revoked_at)}"
    if expires_at:
        return f"{'expired' if expires_at <= datetime.now(UTC) else 'expires'} {minute(expires_at)}"
    return "valid"


@command.command()
@click.argument("name")
def revoke(name: str) -> None:
    """End the key called NAME; running servers refuse it within five seconds."""
    with plain_errors(), Database(read_config().database) as database, database.write() as connection:
        if not keys.revoke(connection, name, datetime.now(UTC)):
            raise click.ClickException(f"no valid key {name!r}; see: disposisi keys list")
    click.echo(f"Revoked {name}")
