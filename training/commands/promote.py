"""`disposisi promote`: a candidate becomes the model that answers, if it is not worse."""

from pathlib import Path

import click

from training.commands.options import column_options, given_columns, models_option, plain_errors


@click.command()
@click.argument("version", required=False)
@click.option("--test", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The frozen test file.")
@click.option("--force", metavar="REASON", help="Promote although it is worse; the reason is kept.")
@column_options
@models_option
def command(version: str | None, test: Path | None, force: str | None, models: Path, **columns: str) -> None:
    """Promote VERSION, or the newest candidate, after measuring it against the promoted model on a test file.

    The file is remembered: the next promotion uses it again, and refuses it when it was changed since.
    """
    from model import artifact
    from model.city import read_city
    from training import compare
    from training.errors import DataError
    from training.models import find_model
    from training.promotion import digest, frozen_test, gate, promote

    if force is not None and not force.strip():
        raise click.UsageError('--force needs a reason: --force "..."')
    with plain_errors():
        candidate = find_model(models, version)
        current = artifact.current(models)
        if current == candidate:
            raise DataError(f"{candidate.name} is the promoted model already")
        if test is None and (frozen := frozen_test(models)):
            test = Path(frozen["path"])
            if not test.is_file() or digest(test) != frozen["sha256"]:
                raise DataError(f"{test}: the test file of the last promotion is gone or changed; name one by --test")
        figures = {}
        if current and test:
            figures = gate(models, candidate, test, read_city(), given_columns(columns))
            click.echo(compare.as_text(figures, [], 0))
            if figures["seen"]:
                click.echo(f"{figures['seen']} rows left out: a model was trained on them")
        elif current and not force:
            raise DataError("name labelled rows that no model was trained on: --test FILE")
        promote(models, candidate, test, figures, force)
        click.echo(f"promoted {candidate.name}" + (f"; before: {current.name}" if current else ""))
