"""`disposisi evaluate`: a model's figures on labelled complaints."""

import json
from pathlib import Path

import click

from training.commands.options import models_option, plain_errors


@click.command()
@click.argument("data", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--text-column", default="text", show_default=True)
@click.option(
    "--json", "json_path", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures here too."
)
@models_option
def command(data: Path, text_column: str, json_path: Path | None, models: Path) -> None:
    """Measure the promoted model on DATA, a file with right labels in columns sector, urgency, kind (or gold_...)."""
    from model.artifact import load_current
    from training.errors import DataError
    from training.evaluate import as_text, evaluate, label_columns
    from training.tables import read_table

    with plain_errors():
        frame = read_table(data).rename(columns={text_column: "text"})
        columns = label_columns(frame)
        if not columns:
            raise DataError(f"{data}: no column sector, urgency or kind (or gold_sector ...); add the right labels")
        figures = evaluate(load_current(models), frame, columns)
    click.echo(as_text(figures))
    if json_path:
        json_path.write_text(json.dumps(figures, indent=2), encoding="utf-8")
