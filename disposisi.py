"""The one command: `disposisi`. Alone it sees both `training` and `service`; each is imported when asked for."""

import importlib

import click

COMMANDS = {
    "classify": "training.commands.classify",
    "tag": "training.commands.tag",
    "train": "training.commands.train",
    "evaluate": "training.commands.evaluate",
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


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Read citizens' complaints and send each to the office that can end it."""


if __name__ == "__main__":
    main()
