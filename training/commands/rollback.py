"""`disposisi rollback`: back to the model that answered before."""

from pathlib import Path

import click

from training.commands.options import models_option, plain_errors


@click.command()
@models_option
def command(models: Path) -> None:
    """Return to the model that was promoted before the one that answers now."""
    from training.promotion import rollback

    with plain_errors():
        click.echo(f"rolled back to {rollback(models)}")
