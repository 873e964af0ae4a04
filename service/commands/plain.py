"""What the commands of this room share: how they end when something cannot be used, and how they write a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from sqlalchemy.exc import SQLAlchemyError

from model.artifact import ArtifactError
from model.city import CityError
from model.lexicon import LexiconError
from service.config import ConfigError
from service.routing.deadlines import JAKARTA
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


def minute(moment: datetime) -> str:
    """A moment in Jakarta's time, to the minute."""
    return f"{moment.astimezone(JAKARTA):%Y-%m-%d %H:%M}"
