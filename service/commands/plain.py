"""How a command of this room ends when something cannot be used."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import SQLAlchemyError

from model.artifact import ArtifactError
from model.city import CityError
from model.lexicon import LexiconError
from service.config import ConfigError
from service.store.database import DatabaseError


@contextmanager
def plain_errors() -> Iterator[None]:
    """Errors that tell the user what to do end the command with exit code 1 and that one message."""
    try:
        yield
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise click.ClickException(f"database: {reason}; is it there, and upgraded (disposisi db upgrade)?") from error
    except (ArtifactError, CityError, LexiconError, ConfigError, DatabaseError, OSError) as error:
        raise click.ClickException(str(error)) from error
