"""The one command: `disposisi`. Alone it sees both `training` and `service`; each is imported when asked for."""

import importlib
import io
import sys
from pathlib import Path

import click

COMMANDS = {
    "check": "training.commands.check",
    "classify": "training.commands.classify",
    "tag": "training.commands.tag",
    "train": "training.commands.train",
    "serve": "service.commands.serve",
    "keys": "service.commands.keys",
    "queue": "service.commands.queue",
    "db": "service.commands.db",
    "webhooks": "service.commands.webhooks",
    "routing": "service.commands.routing",
    "export": "service.commands.export",
    "evaluate": "training.commands.evaluate",
    "compare": "training.commands.compare",
    "report": "training.commands.report",
    "drift": "training.commands.drift",
    "suggest": "training.commands.suggest",
    "labelstudio": "training.commands.labelstudio",
    "models": "training.commands.models",
    "promote": "training.commands.promote",
    "rollback": "training.commands.rollback",
}
"""Command name to the module that defines it, as ``command``."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are run or described."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name]).command
        assert isinstance(command, click.Command)
        return command


def train_default(models: Path) -> str:
    """Train and promote the default model: what `serve` needs of the other room."""
    from training.models import train_default

    return train_default(models)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(ctx: click.Context) -> None:
    """Read citizens' complaints and send each to the office that can end it."""
    ctx.obj = train_default
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a Windows console has not every letter


if __name__ == "__main__":
    main()
