"""`disposisi classify`: one message, one JSON object."""

import json
import sys
from pathlib import Path

import click

from model.artifact import load_current
from training.commands.options import models_option, plain_errors


@click.command()
@click.argument("text", required=False)
@models_option
def command(text: str | None, models: Path) -> None:
    """Classify TEXT, or what comes on standard input, and print one JSON object."""
    with plain_errors():
        classifier = load_current(models)
    message = text if text is not None else sys.stdin.read()
    click.echo(json.dumps(classifier.predict(message).as_dict(), ensure_ascii=False, indent=2))
