"""Options that several commands share, and how a command ends when something cannot be used."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

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


F = TypeVar("F", bound=Callable[..., object])
COLUMNS = ("text", "sector", "urgency", "kind", "date", "area")


def column_options(function: F) -> F:
    """The options that say which column of a file holds what."""
    for name in reversed(COLUMNS):
        help_text = f"Column with the {name}; otherwise told from its name."
        function = click.option(f"--{name}-column", help=help_text)(function)
    return function


def given_columns(options: Mapping[str, str | None]) -> dict[str, str | None]:
    """The column options as training.complaints wants them."""
    given = {name: options.get(f"{name}_column") for name in COLUMNS}
    return given | {"received": given.pop("date")}
