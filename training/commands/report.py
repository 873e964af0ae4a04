"""`disposisi report`: the model's figures as a page for a head of office."""

from pathlib import Path

import click

from training.commands.options import column_options, given_columns, models_option, plain_errors


@click.command()
@click.argument("data", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--model", "version", help="The model to measure; otherwise the promoted one.")
@column_options
@models_option
def command(data: Path, out: Path, version: str | None, models: Path, **columns: str) -> None:
    """Measure a model on DATA and write OUT, one HTML file in Indonesian that opens offline and prints."""
    from training.measure import measure
    from training.report import report

    with plain_errors():
        out.write_text(report(measure(data, models, version, given_columns(columns))), encoding="utf-8")
    click.echo(f"wrote {out}")
