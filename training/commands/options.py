"""Options that several commands share, and how a command ends when something cannot be used."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from model.artifact import ArtifactError
from model.city import CityError
from model.lexicon import LexiconError
from training.errors import DataError

MODELS = Path("var/models")

models_option = click.option(
    "--models",
    type=click.Path(path_type=Path, file_okay=False),
    default=MODELS,
    show_default=True,
    help="Folder of trained models.",
)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Errors that tell the user what to do end the command with exit code 1 and that one message."""
    try:
        yield
    except (ArtifactError, CityError, LexiconError, DataError, OSError) as error:
        raise click.ClickException(str(error)) from error
