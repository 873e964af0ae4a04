"""The table that people label in: empty label columns, beside them what the model says and why a row is there."""

from collections.abc import Sequence

import pandas as pd

from model.prediction import QUESTIONS
from model.privacy import mask
from training.suggest import Suggestion


def suggested_table(rows: pd.DataFrame, suggestions: Sequence[Suggestion]) -> pd.DataFrame:
    """``id``, masked ``text``, the questions (empty), ``saran_QUESTION`` with the model's answer, ``alasan``."""
    made = []
    for suggestion in suggestions:
        source = rows.iloc[suggestion.number]
        answers = {q: getattr(suggestion.prediction, q) for q in QUESTIONS}
        row = {"id": source["id"], "text": mask(source["text"])} | dict.fromkeys(QUESTIONS, "")
        row |= {f"saran_{q}": f"{a.key} ({a.score:.0%})" for q, a in answers.items() if a is not None}
        made.append(row | {"alasan": suggestion.why})
    return pd.DataFrame(made)
