"""`disposisi queue`: what waits where, for whoever sits at the server. Numbers and labels, never a citizen's words."""

from datetime import UTC, datetime

import click

from service.commands.plain import minute, plain_errors
from service.config import read_config
from service.routing.load import read_routing
from service.store import queues as store
from service.store.database import Database
from service.sweep import chosen, soon


@click.command()
@click.argument("queue", required=False)
@click.option("--due", type=click.Choice(["overdue", "soon"]), help="Only those whose deadline has passed, or is near.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Complaints to list.")
def command(queue: str | None, due: str | None, limit: int) -> None:
    """List the queues, or the open complaints of QUEUE, the most urgent and the soonest due first.

    Of each queue: key, name, open, overdue, due soon. Of each complaint: number, urgency, sector, state, deadline in
    Jakarta's time, who has claimed it. Columns are separated by tabs.
    """
    if queue is None and due is not None:
        raise click.UsageError("--due needs a QUEUE")
    with plain_errors():
        config, now = read_config(), datetime.now(UTC)
        queues = read_routing(config.data).queues
        if queue is not None and queue not in queues:
            raise click.BadParameter(f"no queue {queue!r}; use one of {', '.join(queues)}", param_hint="QUEUE")
        near = soon(now, config.remind_days)
        with Database(config.database) as database, database.read() as connection:
            if queue is None:
                loads = store.loads(connection, now, near)
                empty = store.Load(0, 0, 0)
                for key, found in queues.items():
                    load = loads.get(key, empty)
                    click.echo(f"{key}\t{found.name}\t{load.open}\t{load.overdue}\t{load.soon}")
                return
            rows = store.waiting(
                connection,
                queue,
                *chosen(due, now, config.remind_days),
                limit=limit,
            )
    for row in rows:
        told = (row.id, row.urgency, row.sector, row.status, minute(row.deadline), row.claimed_by or "-")
        click.echo("\t".join(told))
