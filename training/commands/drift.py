"""`disposisi drift`: do recent complaints still look like the training data?"""

import json
from dataclasses import asdict
from pathlib import Path

import click

from training.commands.options import column_options, given_columns, models_option, plain_errors


@click.command()
@click.argument("data", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option("--database", metavar="URL", help="Instead of DATA the service's database, as an SQLAlchemy URL ...")
@click.option("--days", type=click.IntRange(min=1), default=30, show_default=True, help="... and how far back there.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write a page with a plot here (.html).")
@click.option("--json", "json_path", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures here.")
@click.option("--metrics", type=click.Path(path_type=Path, dir_okay=False), help="Write them for Prometheus here.")
@column_options
@models_option
def command(
    data: Path | None,
    database: str | None,
    days: int,
    out: Path | None,
    json_path: Path | None,
    metrics: Path | None,
    models: Path,
    **columns: str,
) -> None:
    """Compare DATA, recent complaints with or without labels, with what the promoted model learned from."""
    from model import artifact
    from model.city import read_city
    from training.archive import recent_complaints
    from training.complaints import has_words, read_complaints
    from training.drift import as_metrics, drift, page, warnings
    from training.errors import DataError
    from training.evaluate import own_labels
    from training.models import open_model

    if (data is None) == (database is None):
        raise click.UsageError("name either DATA or --database URL")
    with plain_errors():
        folder = artifact.promoted(models)
        manifest, city = artifact.read_manifest(folder), read_city()
        classifier = open_model(folder, city)
        if data:
            rows = read_complaints(data, city, given_columns(columns), own_labels(classifier, city)).rows
        else:
            rows = recent_complaints(str(database), days)
        rows = rows[has_words(rows)] if len(rows) else rows
        if rows.empty:
            raise DataError(f"{data or f'the last {days} days'}: no messages")
        (whole,), months = drift(classifier, manifest, artifact.language_of(folder), rows)
        for month in [whole, *months]:
            told = warnings(month, manifest, city) or ["tidak ada perubahan yang menonjol"]
            click.echo(f"{month.name} ({month.rows} aduan): " + "; ".join(told))
        if out:
            out.write_text(page(whole, months, manifest, city), encoding="utf-8")
        if json_path:
            json_path.write_text(json.dumps([asdict(m) for m in [whole, *months]], indent=2), encoding="utf-8")
        if metrics:
            written = metrics.with_name(f"{metrics.name}.new")  # its reader shall see all of it or none
            written.write_text(as_metrics(whole), encoding="utf-8")
            written.replace(metrics)
