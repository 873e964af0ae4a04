"""`disposisi evaluate`: a model's figures on labelled complaints."""

import json
from pathlib import Path

import click

from training.commands.options import column_options, given_columns, models_option, plain_errors


@click.command()
@click.argument("data", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--model", "version", help="The model to measure; otherwise the promoted one.")
@click.option(
    "--json", "json_path", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures here too."
)
@column_options
@models_option
def command(data: Path, version: str | None, json_path: Path | None, models: Path, **columns: str) -> None:
    """Measure a model on DATA, a file with right labels in columns sector, urgency, kind (or gold_...)."""
    from training.evaluate import as_text
    from training.measure import measure

    with plain_errors():
        measured = measure(data, models, version, given_columns(columns))
    click.echo(as_text(measured.figures))
    if measured.seen:
        click.echo(f"Beware: the model was trained on {measured.seen} of these rows; the figures flatter it")
    if json_path:
        json_path.write_text(json.dumps(measured.figures, indent=2, ensure_ascii=False), encoding="utf-8")
