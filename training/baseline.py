"""What the training data looked like: kept with a model, so that later complaints can be compared with it."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from model.artifact import Language
from training.fit import Fitted, held_rows


def baseline(fitted: Fitted, frame: pd.DataFrame) -> dict[str, Any]:
    """Labels, words and confidence of the rows that a model was trained on.

    ``labels``: question to label to rows. ``words``: median of a message. ``unknown``: the share of the next
    message's words that the model does not know, estimated from those that training hardly knew (Good 1953).
    ``confidence``: mean probability of the answers to held-back rows.
    """
    counts = Counter(word for found in fitted.words for word in found if word.isalpha())
    rows_with = Counter(word for found in fitted.words for word in set(found))
    hardly = sum(count for word, count in counts.items() if rows_with[word] <= fitted.least)
    labels, confidence = {}, {}
    for question, head in fitted.heads.items():
        answers = frame[question].tolist()
        labels[question] = {key: answers.count(key) for key in head.keys}
        held = fitted.out_of_fold[question]
        confidence[question] = round(float(head.probabilities(held[held_rows(held)]).max(axis=1).mean()), 4)
    return {
        "labels": labels,
        "words": float(np.median([len(found) for found in fitted.words])),
        "unknown": round(hardly / max(counts.total(), 1), 4),
        "confidence": confidence,
    }


def unknown_share(texts: Sequence[str], language: Language, known: Collection[str]) -> float:
    """The share of the words of ``texts`` that are not ``known``."""
    words = [word for text in texts for word in language.words_of(text) if word.isalpha()]
    return sum(word not in known for word in words) / max(len(words), 1)
