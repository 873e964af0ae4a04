"""`disposisi check`: what is amiss with files of complaints, and a copy to put it right in."""

import sys
from pathlib import Path

import click

from training.commands.options import column_options, given_columns, plain_errors

SHOWN = 5


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@column_options
@click.option("--labels-from-data", is_flag=True, help="The labels are the files' own, not those of the taxonomy.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where the copy goes (.xlsx or .csv).")
@click.option("--no-copy", is_flag=True, help="Only say what is amiss.")
@click.option("--suspects/--no-suspects", default=True, help="Rank labels that are probably wrong (takes a minute).")
@click.option("--shown", default=SHOWN, show_default=True, help="Findings of a kind that are listed.")
def command(
    files: tuple[Path, ...],
    labels_from_data: bool,
    out: Path | None,
    no_copy: bool,
    suspects: bool,
    shown: int,
    **columns: str,
) -> None:
    """Check FILES of complaints and write a copy of each, with remarks and labels put right where that is certain.

    The files themselves are never changed. Exit code 1: there are entries that training would refuse.
    """
    from model.city import read_city
    from model.prediction import QUESTIONS
    from training.check import as_text, check
    from training.checked_copy import copy_path, write_copy
    from training.complaints import read_complaints
    from training.findings import Level
    from training.prepare import suspects_of

    if out and len(files) > 1:
        raise click.UsageError("--out names the copy of one file; check the files one by one")
    errors = 0
    given = given_columns(columns)
    with plain_errors():
        city = read_city()
        for path in files:
            complaints = read_complaints(path, city, given, QUESTIONS if labels_from_data else ())
            click.echo(f"{path}: " + ", ".join(f"{role} = {name!r}" for role, name in complaints.columns.items()))
            report = check(complaints, suspects_of(complaints, city, given, labels_from_data) if suspects else [])
            click.echo(as_text(report, shown))
            errors += report.count(Level.ERROR)
            if not no_copy:
                copy = out or copy_path(path)
                write_copy(copy, complaints, report.findings, report.labels if labels_from_data else city.labels)
                click.echo(f"copy to work on: {copy}")
    if errors:
        sys.exit(1)
