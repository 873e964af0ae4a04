"""`disposisi train`: a new model from the project's corpus."""

from pathlib import Path

import click

from training.commands.options import models_option, plain_errors


@click.command()
@models_option
def command(models: Path) -> None:
    """Train on the project's corpus and promote the model."""
    from training.models import train_default

    with plain_errors():
        version = train_default(models)
    click.echo(f"Trained and promoted {version} in {models}")
