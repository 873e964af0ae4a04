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
        tried, listed = 0, list[str]()
        moved = Counter[tuple[str, str, str]]()
        with Database(config.database) as database:
            for move in moves(database, routing, read_lexicon(folder / "lexicon"), datetime.now(UTC)):
                tried += 1
                if move is None:
                    continue
                moved[move.before, move.after, move.rule] += 1
                if len(listed) < LISTED:
                    listed.append(f"{move.complaint}\t{move.before} -> {move.after}\tby {move.rule}")
    click.echo(f"{moved.total()} of {tried} open complaints that rules placed would move")
    for (before, after, rule), count in moved.most_common():
        click.echo(f"  {count}\t{before} -> {after}\tby {rule}")
    for line in listed:
        click.echo(line)
    if moved.total() > LISTED:
        click.echo(f"... and {moved.total() - LISTED} more")
