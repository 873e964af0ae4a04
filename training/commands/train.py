"""`disposisi train`: a new model from the project's corpus and any number of files."""

from pathlib import Path
from typing import Any

import click

from training.commands.options import column_options, given_columns, models_option, plain_errors


@click.command()
@click.argument("data", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@column_options
@click.option("--labels-from-data", is_flag=True, help="Learn the files' own labels instead of those of the taxonomy.")
@click.option("--corpus/--no-corpus", default=True, help="Learn from the project's corpus too.")
@click.option("--weight", multiple=True, metavar="SOURCE=NUMBER", help="How much a file (or `corpus`) counts.")
@click.option(
    "--unlabelled",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file of messages without labels: used where held-back rows gain by it.",
)
@click.option("--search", is_flag=True, help="Choose the settings from a small grid (training.fit.GRID); takes longer.")
@click.option("--scheduler", metavar="ADDRESS", help="Train on this Dask cluster instead of the local cores.")
@models_option
def command(
    data: tuple[Path, ...],
    labels_from_data: bool,
    corpus: bool,
    weight: tuple[str, ...],
    unlabelled: tuple[Path, ...],
    search: bool,
    scheduler: str | None,
    models: Path,
    **columns: str,
) -> None:
    """Train on the project's corpus and DATA; the model becomes a candidate, the very first one is promoted."""
    from model import artifact
    from model.city import read_city
    from training.cluster import scheduled
    from training.errors import DataError
    from training.prepare import gather
    from training.promotion import promote
    from training.run import as_text, train

    if labels_from_data and not data:
        raise click.UsageError("--labels-from-data needs a file whose labels are learned")
    with plain_errors():
        if not data and not corpus:
            raise DataError("nothing to learn from; name a file or leave --no-corpus out")
        click.echo("reading", err=True)
        material = gather(
            data, read_city(), given_columns(columns), labels_from_data, corpus, _weights(weight), unlabelled
        )
        for notice in material.notices:
            click.echo(notice, err=True)
        for source in material.sources:
            click.echo(f"{source['name']}: {source['rows']} rows, " + _weight_of(source))
        click.echo("training", err=True)
        with scheduled(scheduler):
            version, figures = train(material, models, search)
        click.echo(as_text(figures))
        if artifact.current(models) is None:
            promote(models, models / version, None, {}, None)
            click.echo(f"Trained and promoted {version} in {models}")
        else:
            click.echo(f"Trained the candidate {version} in {models}; next: disposisi compare, disposisi promote")


def _weight_of(source: dict[str, Any]) -> str:
    return "without labels" if source.get("unlabelled") else f"weight {source['weight']:g}"


def _weights(entries: tuple[str, ...]) -> dict[str, float]:
    weights = {}
    for entry in entries:
        name, _, number = entry.rpartition("=")
        try:
            weights[name] = float(number)
        except ValueError:
            weights[name] = -1.0
        if not name or not 0 <= weights[name] <= 1000:
            raise click.UsageError(f"--weight {entry}: write SOURCE=NUMBER, the number from 0 to 1000")
    return weights
