"""`disposisi suggest`: what to label next."""

import json
from pathlib import Path

import click

from training.commands.options import column_options, given_columns, models_option, plain_errors


@click.command()
@click.argument("count", type=click.IntRange(min=1))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--data", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A file of complaints.")
@click.option("--database", metavar="URL", help="The service's database, as an SQLAlchemy URL.")
@column_options
@models_option
def command(count: int, out: Path, data: Path | None, database: str | None, models: Path, **columns: str) -> None:
    """Choose COUNT complaints to label and write them to OUT: .xlsx or .csv with drop-down labels, .json for Label
    Studio (beside it OUT.xml, the labelling configuration). Personal data is masked, confidential ones are left out.
    """
    from model import artifact
    from model.city import read_city
    from model.privacy import mask
    from training import seen
    from training.archive import stored_complaints
    from training.complaints import has_words, read_complaints
    from training.errors import DataError
    from training.labelstudio import labelling_config, tasks_of
    from training.models import open_model
    from training.sheet import write_sheet
    from training.suggest import suggest
    from training.suggested import suggested_table

    if (data is None) == (database is None):
        raise click.UsageError("name either --data FILE or --database URL")
    with plain_errors():
        folder = artifact.promoted(models)
        city = read_city()
        if data:
            complaints = read_complaints(data, city, given_columns(columns), ("sector", "urgency", "kind"))
            rows = complaints.rows.assign(id=complaints.rows["row"].astype(str))
        else:
            rows = stored_complaints(str(database))
        rows = rows[has_words(rows)] if len(rows) else rows
        rows = rows[~seen.was_seen(folder, rows["text"].tolist())].reset_index(drop=True)
        if rows.empty:
            raise DataError("no message there that the model was not trained on")
        found = suggest(open_model(folder, city), artifact.language_of(folder), rows["text"].tolist(), count)
        table = suggested_table(rows, found)
        if out.suffix == ".json":
            entries = [{"id": row["id"], "text": mask(row["text"])} for row in table.to_dict("records")]
            tasks = tasks_of(entries, [suggestion.prediction for suggestion in found])
            out.write_text(json.dumps(tasks, ensure_ascii=False, indent=1), encoding="utf-8")
            out.with_suffix(".xml").write_text(labelling_config(city), encoding="utf-8")
        else:
            write_sheet(out, table, {question: list(labels) for question, labels in city.labels.items()})
    click.echo(f"{len(found)} complaints to label in {out}; afterwards: disposisi check {out}")
