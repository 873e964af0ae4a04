"""`disposisi tag`: a file of complaints with the model's answers beside them."""

import os
from pathlib import Path

import click

from training.commands.options import models_option, plain_errors


@click.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--text-column", default="text", show_default=True, help="The column with the messages.")
@click.option("--prefix", default="", help="Put before the names of the new columns.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    show_default="one a processor",
    help="Processes at once; the result is the same with any number.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Let a Dask cluster do it (Parquet in and out); see the README.")
@click.option(
    "--escape-formulas",
    is_flag=True,
    help="Into CSV: put an apostrophe before text that a spreadsheet would run as a formula (= + - @ tab).",
)
@models_option
def command(
    source: Path,
    target: Path,
    text_column: str,
    prefix: str,
    workers: int,
    scheduler: str | None,
    escape_formulas: bool,
    models: Path,
) -> None:
    """Tag the complaints of IN and write them to OUT, with all that was in IN.

    Both are .csv, .csv.gz, .parquet, .xlsx or .jsonl files, by their endings. A command that was stopped goes on
    where it was when it is run again.
    """
    from training.tagging.job import Options, tag

    try:
        with plain_errors():
            summary = tag(source, target, models, Options(text_column, prefix, workers, scheduler, escape_formulas))
    except KeyboardInterrupt as stopped:
        raise click.ClickException("stopped; run the same command again to go on where it was") from stopped
    click.echo(summary)
