"""`disposisi db`: the schema of the database."""

import click

from service.commands.plain import plain_errors
from service.config import read_config
from service.store.database import Database
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
