"""Which messages to label next, so that a person's hour teaches the model most.

A third each: those whose sector the model is least sure of, those with the most words it never met, and one from
the middle of each cluster of what is left, so that no kind of message is forgotten.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from model.artifact import Language
from model.classifier import Classifier
from model.prediction import QUESTIONS, Prediction
from training.baseline import unknown_share
from training.seen import hash_of

DIMENSIONS = 50


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A message to label: its number in the list given, why (Indonesian), what the model says."""

    number: int
    why: str
    prediction: Prediction


def suggest(classifier: Classifier, language: Language, texts: Sequence[str], count: int) -> list[Suggestion]:
    """At most ``count`` of the texts, no two of them equal; always the same for the same texts and model."""
    first = {hash_of(text): i for i, text in reversed(list(enumerate(texts)))}
    left = sorted(first.values())
    count = min(count, len(left))
    predictions = dict(zip(left, classifier.predict_many([texts[i] for i in left]), strict=True))
    doubt = {i: 1 - _first_answer(predictions[i]) for i in left}
    new = {i: unknown_share([texts[i]], language, language.stems) for i in left}
    chosen: dict[int, str] = {}
    for score, why in ((doubt, "model ragu"), (new, "banyak kata baru")):
        free = sorted((i for i in left if i not in chosen), key=lambda i: (-score[i], i))
        chosen |= dict.fromkeys(free[: (count - len(chosen)) // (3 if not chosen else 2)], why)
    free = [i for i in left if i not in chosen]
    wanted = count - len(chosen)
    picked = free if len(free) <= wanted else [free[k] for k in _middles([texts[i] for i in free], wanted)]
    chosen |= dict.fromkeys(picked, "mewakili kelompoknya")
    return [Suggestion(i, why, predictions[i]) for i, why in chosen.items()]


def _first_answer(prediction: Prediction) -> float:
    """The probability of the first question that the model answers."""
    return float(next(a for q in QUESTIONS if (a := getattr(prediction, q)) is not None).score)


def _middles(texts: Sequence[str], clusters: int) -> list[int]:
    """The text nearest to the middle of each of so many clusters."""
    if clusters < 1:
        return []
    matrix = TfidfVectorizer(sublinear_tf=True).fit_transform(texts)
    if min(matrix.shape) > DIMENSIONS:
        matrix = TruncatedSVD(DIMENSIONS, random_state=0).fit_transform(matrix)
    found = MiniBatchKMeans(clusters, n_init=1, random_state=0).fit(matrix)
    distances: NDArray[np.float64] = found.transform(matrix)
    nearest: dict[int, int] = {}
    for i in np.argsort(distances[np.arange(len(texts)), found.labels_], kind="stable"):
        nearest.setdefault(int(found.labels_[i]), int(i))
    return sorted(nearest.values())
