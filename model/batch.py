"""Many messages at once, as columns: what tagging an archive needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from model.classifier import Classifier
from model.prediction import QUESTIONS


@dataclass(frozen=True, slots=True)
class Labels:
    """Answers of one question, a key and a probability (0-1) a message."""

    keys: list[str]
    scores: list[float]


@dataclass(frozen=True, slots=True)
class Labelled:
    """What the model says of a batch of messages; all lists are as long as the batch.

    ``questions`` holds the questions that the model answers, in the order of ``QUESTIONS``.
    """

    questions: dict[str, Labels]
    needs_review: list[bool]


def label(classifier: Classifier, texts: Sequence[str]) -> Labelled:
    """The same answers as ``Classifier.predict`` on each text, without alternatives and reasons."""
    predictions = classifier.predict_many(texts)
    questions = {}
    for question in QUESTIONS:
        if question in classifier.heads:
            answers = [getattr(p, question) for p in predictions]
            questions[question] = Labels([a.key for a in answers], [a.score for a in answers])
    return Labelled(questions, [p.needs_review for p in predictions])
