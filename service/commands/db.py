"""`disposisi db`: the schema of the database."""

from pathlib import Path

import click

from service.commands.plain import plain_errors
from service.config import read_config
from service.store import backup as copies
from service.store.database import Database, DatabaseError
from service.store.schema import newest, revision_of
from service.store.schema import upgrade as upgrade_schema


@click.group()
def command() -> None:
    """Look after the database that DISPOSISI_DATABASE names (by default var/disposisi.db)."""


@command.command()
def upgrade() -> None:
    """Bring the schema to this version's; a new database gets all tables."""
    with plain_errors(), Database(read_config().database) as database:
        upgrade_schema(database)
        click.echo(f"{database.url.render_as_string()} is at revision {newest()}")


@command.command()
def status() -> None:
    """Say which revision the database has, and which this version needs."""
    with plain_errors(), Database(read_config().database) as database:
        found, needed = revision_of(database), newest()
    click.echo(f"{database.url.render_as_string()}: revision {found or 'none'}, this version needs {needed}")
    if found != needed:
        raise SystemExit(1)


@command.command()
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
def backup(target: Path) -> None:
    """Write a copy of an SQLite database to FILE, while the server runs or not."""
    with plain_errors(), Database(read_config().database) as database:
        copies.backup(database, target)
    click.echo(f"{target}: {target.stat().st_size:,} bytes, checked")


@command.command()
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Also where a database is there already; all it holds is lost.")
def restore(source: Path, replace: bool) -> None:
    """Put the copy FILE in an SQLite database's place, and bring it to this version's schema."""
    with plain_errors(), Database(read_config().database) as database:
        if not replace and database.sqlite and revision_of(database) is not None:
            raise DatabaseError(f"{database.url.database} is there; back it up, then give --replace")
        copies.restore(database, source)
        upgrade_schema(database)
    click.echo(f"{database.url.database} holds what {source} held")
