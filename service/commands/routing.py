"""`disposisi routing`: check the city's rules before they are used."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import click

from model.lexicon import read_lexicon
from service.commands.plain import plain_errors
from service.config import read_config
from service.routing.load import read_routing
from service.store.database import Database
from service.trial import moves

LISTED = 50


@click.group()
def command() -> None:
    """Look after the routing rules."""


@command.command()
@click.option("--dry-run", is_flag=True, help="Try the rules on the stored open complaints; nothing is changed.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder with the changed routing.toml and the files beside it; by default DISPOSISI_DATA.",
)
def check(dry_run: bool, data: Path | None) -> None:
    """Read routing.toml and the files it refers to; say what is wrong, with file, line and remedy."""
    with plain_errors():
        config = read_config()
        folder = data or config.data
        routing = read_routing(folder)
        click.echo(
            f"{folder / 'routing.toml'}: {len(routing.rules)} rules, {len(routing.deadlines)} deadlines and "
            f"{len(routing.queues)} queues are sound"
        )
        if not dry_run:
            return
        with Database(config.database) as database:
            found = list(moves(database, routing, read_lexicon(folder / "lexicon"), datetime.now(UTC)))
    moved = [move for move in found if move is not None]
    click.echo(f"{len(moved)} of {len(found)} open complaints that rules placed would move")
    for (before, after, rule), count in Counter((m.before, m.after, m.rule) for m in moved).most_common():
        click.echo(f"  {count}\t{before} -> {after}\tby {rule}")
    for move in moved[:LISTED]:
        click.echo(f"{move.complaint}\t{move.before} -> {move.after}\tby {move.rule}")
    if len(moved) > LISTED:
        click.echo(f"... and {len(moved) - LISTED} more")
