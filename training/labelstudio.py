"""Label Studio's JSON: its export as a table, and complaints as tasks with predictions.

Shapes: https://labelstud.io/guide/task_format and https://labelstud.io/guide/predictions; in the labelling
configuration each question is one ``Choices`` named as the question, over one ``Text`` named ``text``.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

import pandas as pd

from model.city import City
from model.prediction import QUESTIONS, Prediction
from training.errors import DataError

TEXT = "text"


def tasks_table(tasks: Any, place: str) -> pd.DataFrame:
    """An export of Label Studio (``JSON`` or ``JSON-MIN``) as a table: the data of each task and its choices.

    Of several annotations of a task the last that was not cancelled counts; a task without one has no labels.

    Raises
    ------
    DataError
        It is no list of tasks.
    """
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise DataError(f"{place}: no list of tasks; export the project from Label Studio as JSON or JSON-MIN")
    return pd.DataFrame([_row(task) for task in tasks])


def _row(task: Mapping[str, Any]) -> dict[str, str]:
    data = task.get("data")
    if not isinstance(data, dict):
        return {str(key): _plain(value) for key, value in task.items()}
    row = {str(key): _plain(value) for key, value in data.items()} | dict.fromkeys(QUESTIONS, "")
    valid = [a for a in task.get("annotations") or [] if not a.get("was_cancelled")]
    for region in valid[-1].get("result", []) if valid else []:
        if choices := region.get("value", {}).get("choices"):
            row[str(region.get("from_name"))] = str(choices[0])
    return row


def _plain(value: Any) -> str:
    """A cell: JSON-MIN gives one choice as a string, several as ``{"choices": [...]}``."""
    if isinstance(value, dict) and value.get("choices"):
        return str(value["choices"][0])
    return "" if value is None else str(value)


def prediction_of(prediction: Prediction) -> dict[str, Any]:
    """A prediction as Label Studio takes it with a task, and as an ML backend answers."""
    answers = {q: answer for q in QUESTIONS if (answer := getattr(prediction, q)) is not None}
    return {
        "model_version": prediction.model_version,
        "score": min(answer.score for answer in answers.values()),
        "result": [
            {
                "id": question,
                "from_name": question,
                "to_name": TEXT,
                "type": "choices",
                "score": answer.score,
                "value": {"choices": [answer.key]},
            }
            for question, answer in answers.items()
        ],
    }


def tasks_of(rows: Sequence[Mapping[str, str]], predictions: Sequence[Prediction]) -> list[dict[str, Any]]:
    """Tasks to import: ``rows`` become their data (one entry is ``text``)."""
    return [
        {"data": dict(row), "predictions": [prediction_of(prediction)]}
        for row, prediction in zip(rows, predictions, strict=True)
    ]


def labelling_config(city: City) -> str:
    """The XML of a Label Studio project for these labels: keys are stored, names are shown."""
    lines = ["<View>", f'  <Text name="{TEXT}" value="${TEXT}"/>']
    for question in QUESTIONS:
        lines.append(f'  <Header value={quoteattr(question)} size="5"/>')
        lines.append(f'  <Choices name="{question}" toName="{TEXT}" choice="single" showInline="true">')
        lines += [
            f"    <Choice value={quoteattr(label.key)} hint={quoteattr(label.about)}/>"
            for label in city.labels[question].values()
        ]
        lines.append("  </Choices>")
    return "\n".join([*lines, "</View>", ""])
