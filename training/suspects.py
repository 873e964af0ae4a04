"""Labels that are probably wrong: rows that the other rows would label otherwise, ranked.

Every row is scored by heads that did not see it. A row is suspect when the likeliest label is another one than its
own, and at least as likely as that label is, on average, for the rows that carry it (confident learning, Northcutt
et al. 2021). With the extra ``cleanlab`` installed, that library decides instead.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.artifact import Language
from model.scorer import Scorer
from training.fit import Fitted, held_rows

WORDS = 3


@dataclass(frozen=True, slots=True)
class Suspect:
    """A row whose label is probably wrong. ``words``: those that speak for the suggestion, known from elsewhere."""

    row: int
    question: str
    label: str
    suggested: str
    probability: float
    words: tuple[str, ...]


def find_suspects(fitted: Fitted, frame: pd.DataFrame, language: Language) -> list[Suspect]:
    """Suspected rows of ``frame``, the rows that ``fitted`` was trained on, the surest first.

    ``frame["row"]`` is the row of the file that is checked; rows of other files have 0 there and are not named.
    """
    scorer = Scorer(fitted.tables, fitted.language.stemmer())
    common = _common_stems(fitted)
    suspects = []
    start = 0
    for question, head in fitted.heads.items():
        held = fitted.out_of_fold[question]
        rows = held_rows(held)
        probabilities = head.probabilities(held[rows])
        column = {key: i for i, key in enumerate(head.keys)}
        labels = np.array([column[label] for label in frame[question].to_numpy()[rows]])
        for i in suspect_rows(probabilities, labels):
            record = frame.iloc[rows[i]]
            if not record["row"]:
                continue
            best = int(probabilities[i].argmax())
            words = language.words_of(record["text"])
            weights = scorer.rows(words)[:, [start + best, start + labels[i]]] if words else np.empty((0, 2))
            spoken = sorted(zip(weights[:, 1] - weights[:, 0], words, strict=True))
            telling = dict.fromkeys(w for weight, w in spoken if weight < 0 and fitted.language.stems[w] in common)
            suspect = (int(record["row"]), question, head.keys[labels[i]], head.keys[best])
            suspects.append(Suspect(*suspect, round(float(probabilities[i, best]), 4), tuple(telling)[:WORDS]))
        start += len(head.keys)
    return suspects


def suspect_rows(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> list[int]:
    """Numbers of the suspect rows, the surest first. ``probabilities``: shape ``(rows, labels)``, out of fold.

    >>> sure = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8], [0.95, 0.05]])
    >>> suspect_rows(sure, np.array([0, 0, 1, 1, 1]))
    [4]
    """
    own = probabilities[np.arange(len(labels)), labels]
    try:
        from cleanlab.filter import find_label_issues
    except ImportError:
        usual = np.array(
            [own[labels == k].mean() if (labels == k).any() else 1.0 for k in range(probabilities.shape[1])]
        )
        best = probabilities.argmax(axis=1)
        suspect = np.flatnonzero((best != labels) & (probabilities.max(axis=1) >= usual[best]))
        return [int(i) for i in suspect[np.argsort(own[suspect], kind="stable")]]
    return [int(i) for i in find_label_issues(labels, probabilities, return_indices_ranked_by="self_confidence")]


def _common_stems(fitted: Fitted) -> set[str]:
    """Stems that several messages share: a word that only one person wrote may be that person's."""
    stems = fitted.pipeline["stems"]
    once = stems.idf_.max() - 1e-9
    return {
        stem
        for stem, idf in zip(stems.get_feature_names_out(), stems.idf_, strict=True)
        if idf < once and stem.isalpha()
    }
