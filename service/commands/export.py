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
def corrections(target: Path, restricted: bool) -> None:
    """Write the officers' corrections to TARGET as training rows (CSV): texts masked, conflicts listed."""
    with plain_errors():
        config = read_config()
        queues = read_routing(config.data).queues
        with Database(config.database) as database, database.read() as connection:
            rows = list(store.everything(connection))
        closed = {key for key, queue in queues.items() if queue.restricted}
        found = examples(row for row in rows if restricted or row.queue not in closed)
        left_out = 0 if restricted else len({row.complaint for row in rows if row.queue in closed})
        with target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [field.name for field in fields(Example)])
            writer.writeheader()
            writer.writerows(asdict(example) for example in found)
    conflicts = [example for example in found if example.conflict]
    click.echo(f"{len(found)} corrected complaints in {target}, {len(conflicts)} with a conflict")
    for example in conflicts:
        click.echo(f"  {example.complaint}\t{example.conflict}")
    if left_out:
        click.echo(f"{left_out} of restricted queues left out; --restricted writes them too")
