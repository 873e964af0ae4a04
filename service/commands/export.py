"""`disposisi export`: what the service learned, for the data staff."""

import csv
from dataclasses import asdict, fields
from pathlib import Path

import click

from service.commands.plain import plain_errors
from service.config import read_config
from service.export import Example, examples
from service.routing.load import read_routing
from service.store import corrections as store
from service.store.database import Database


@click.group()
def command() -> None:
    """Write what the service learned to files."""


@command.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--restricted", is_flag=True, help="Also complaints of restricted queues; otherwise they are left out.")
@click.option("--confidential", is_flag=True, help="Also confidential complaints; otherwise they are left out.")
def corrections(target: Path, restricted: bool, confidential: bool) -> None:
    """Write the officers' corrections to TARGET as training rows (CSV): texts masked, conflicts listed."""
    count, conflicts = 0, []
    with plain_errors():
        config = read_config()
        queues = read_routing(config.data).queues.values()
        closed = [] if restricted else [queue.key for queue in queues if queue.restricted]
        with Database(config.database) as database, database.read() as connection:
            left_out = store.corrected_in(connection, closed)
            secret = 0 if confidential else store.corrected_confidential(connection, closed)
            with target.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, [field.name for field in fields(Example)])
                writer.writeheader()
                for example in examples(lambda: store.everything(connection, closed, confidential)):
                    writer.writerow(asdict(example))
                    count += 1
                    if example.conflict:
                        conflicts.append(f"  {example.complaint}\t{example.conflict}")
    click.echo(f"{count} corrected complaints in {target}, {len(conflicts)} with a conflict")
    for conflict in conflicts:
        click.echo(conflict)
    if left_out:
        click.echo(f"{left_out} of restricted queues left out; --restricted writes them too")
    if secret:
        click.echo(f"{secret} confidential ones left out; --confidential writes them too")
