"""`disposisi compare`: two models on the same labelled complaints."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from training.commands.options import column_options, given_columns, models_option, plain_errors


@click.command()
@click.argument("data", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("new", required=False)
@click.argument("old", required=False)
@click.option("--shown", default=20, show_default=True, help="Changed rows that are listed, the worst first.")
@click.option(
    "--changed", type=click.Path(path_type=Path, dir_okay=False), help="Write all changed rows here (.csv, .xlsx)."
)
@click.option(
    "--json", "json_path", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures here too."
)
@column_options
@models_option
def command(
    data: Path,
    new: str | None,
    old: str | None,
    shown: int,
    changed: Path | None,
    json_path: Path | None,
    models: Path,
    **columns: str,
) -> None:
    """Compare model NEW (else the newest) with OLD (else the promoted one) on DATA, whose labels are right."""
    import pandas as pd

    from model import artifact
    from model.city import read_city
    from training import seen
    from training.compare import as_text, compare
    from training.complaints import has_words, read_complaints
    from training.errors import DataError
    from training.evaluate import own_labels
    from training.findings import refuse_errors
    from training.models import find_model, open_model
    from training.sheet import write_sheet

    with plain_errors():
        newer = find_model(models, new)
        older = find_model(models, old) if old else artifact.current(models)
        if older is None or older == newer:
            raise DataError("there are no two models to compare; disposisi models lists them")
        city = read_city()
        before, after = open_model(older, city), open_model(newer, city)
        complaints = read_complaints(data, city, given_columns(columns), own_labels(after, city))
        refuse_errors(complaints.findings, str(data))
        rows = complaints.rows[has_words(complaints.rows)]
        known = int((seen.was_seen(newer, rows["text"].tolist()) | seen.was_seen(older, rows["text"].tolist())).sum())
        figures, changes = compare(before, after, rows)
        click.echo(as_text(figures, changes, shown))
        if known:
            click.echo(f"Beware: a model was trained on {known} of these rows; its figures flatter it")
        if json_path:
            json_path.write_text(json.dumps(figures, indent=2), encoding="utf-8")
        if changed:
            write_sheet(changed, pd.DataFrame(list(map(asdict, changes))).astype(str), {})
