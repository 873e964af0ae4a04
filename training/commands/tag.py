"""`disposisi tag`: a file of complaints with the model's answers beside them."""

from pathlib import Path

import click
import pandas as pd

from model.artifact import load_current
from model.city import read_city
from training.commands.options import models_option, plain_errors


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--text-column", default="text", show_default=True)
@models_option
def command(source: Path, target: Path, text_column: str, models: Path) -> None:
    """Tag the complaints of SOURCE and write them to TARGET."""
    with plain_errors():
        classifier, city = load_current(models), read_city()
    frame = pd.read_csv(source, dtype=str, keep_default_na=False)
    rows = []
    for prediction in classifier.predict_many(frame[text_column].tolist()):
        row: dict[str, object] = {}
        for question in ("sector", "urgency", "kind"):
            answer = getattr(prediction, question)
            row |= {question: answer.key, f"{question}_score": answer.score}
        department = city.department_of(str(row["sector"]))
        row["department"] = department.code if department else ""
        rows.append(row | {"needs_review": prediction.needs_review, "model_version": prediction.model_version})
    frame.join(pd.DataFrame(rows)).to_csv(target, index=False)
