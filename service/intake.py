"""A message on its way in: read by the model, routed, stored in one transaction."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from model.classifier import Classifier
from model.prediction import Prediction
from model.text import words_of
from service.routing.deadlines import JAKARTA
from service.routing.decide import Case, Disposition, decide
from service.routing.rules import Routing

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter that is mistaken for a digit when a number is read out."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a citizen sent, and where it happened."""

    text: str
    kecamatan: str | None = None
    kelurahan: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A message with what the model said and where it goes."""

    prediction: Prediction
    disposition: Disposition


def new_id(now: datetime) -> str:
    """A complaint's number: the day in Jakarta and eight random characters (2**40)."""
    return f"{now.astimezone(JAKARTA):%Y%m%d}-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


def decide_message(message: Message, classifier: Classifier, routing: Routing, now: datetime) -> Decided:
    """What the model says of a message, and its disposition."""
    prediction = classifier.predict(message.text)
    words = words_of(message.text, classifier.expansions)
    return Decided(prediction, decide(case_of(message, prediction, words), routing, now))


def case_of(message: Message, prediction: Prediction, words: list[str]) -> Case:
    """The case that routing decides."""
    sector, urgency, kind = prediction.sector, prediction.urgency, prediction.kind
    assert sector is not None  # service.models refuses a model
    assert urgency is not None  # that leaves a question
    assert kind is not None  # open
    return Case(
        sector.key, urgency.key, kind.key, words, prediction.review_reasons, message.kecamatan, message.kelurahan
    )


def disposition_row(
    case: Mapping[str, str], disposition: Disposition, routing: Routing, now: datetime
) -> dict[str, Any]:
    """A disposition as the store keeps it. ``case``: the keys of sector, urgency and kind that hold."""
    return {
        **case,
        "rank": list(reversed(routing.city.labels["urgency"])).index(case["urgency"]),
        "department": disposition.department,
        "queue": disposition.queue,
        "rule": disposition.rule,
        "reason": disposition.reason,
        "advice": disposition.advice,
        "review_reasons": list(disposition.review_reasons),
        "assigned_at": now,
        "deadline": disposition.deadline.due,
        "deadline_rule": disposition.deadline.rule,
        "deadline_source": disposition.deadline.source,
    }


def keys_of(prediction: Prediction) -> dict[str, str]:
    """The label keys of a prediction by question."""
    return {question: answer["key"] for question, answer in asdict(prediction).items() if isinstance(answer, dict)}
