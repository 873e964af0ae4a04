"""A message on its way in: read by the model, routed, made ready to be stored."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.engine import Row

from model.classifier import Classifier
from model.prediction import QUESTIONS, Prediction
from service.lifecycle import WAITING
from service.parts import Parts
from service.routing.deadlines import JAKARTA
from service.routing.decide import Case, Disposition, decide, examine
from service.routing.places import place_of
from service.routing.rules import Routing
from service.store import complaints as store
from service.store.inserts import Row as NewRow

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter that is mistaken for a digit when a number is read out."""

MATTER_WORDS = 4
"""A part of a message with fewer words tells no matter of its own."""

MATTER_SCORE = 0.7
"""How sure the model must be of a further matter's sector."""

_PREDICTION = TypeAdapter(Prediction)
_PART_END = re.compile(r"[.!?;\n]+|\b(?:selain itu|sekalian|satu lagi|dan juga)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ready:
    """A complaint ready to be stored: the columns of its tables, and the data of its first event."""

    complaint: dict[str, Any]
    reporter: dict[str, Any] | None
    disposition: dict[str, Any]
    told: dict[str, Any]


def prepare(sent: Mapping[str, Any], reporter: dict[str, Any] | None, app: Parts, now: datetime) -> Ready:
    """Read and route a message. ``sent``: the columns of a complaint that the sender gave, with its ``text``."""
    sent = {
        **sent,
        "kelurahan": place_of(sent["kelurahan"], app.routing.kelurahan, app.routing.city_name),
        "kecamatan": place_of(sent["kecamatan"], app.routing.kelurahan.values(), app.routing.city_name),
    }
    classifier = app.models.classifier
    prediction = classifier.predict(sent["text"])
    keys = keys_of(prediction)
    case = Case(
        **keys,
        words=classifier.words(sent["text"]),
        review_reasons=prediction.review_reasons,
        kecamatan=sent["kecamatan"],
        kelurahan=sent["kelurahan"],
    )
    disposition = decide(examine(case, app.routing), app.routing, now)
    complaint = {
        "parent": None,
        **sent,
        "id": new_id(now),
        "received_at": now,
        "prediction": _PREDICTION.dump_python(prediction, mode="json"),
        "model_version": prediction.model_version,
        "secondary": secondary_sectors(sent["text"], keys["sector"], classifier),
    }
    row = disposition_row(keys, disposition, app.routing, now) | {"status": WAITING}
    told = {"rule": disposition.rule, "department": disposition.department, **keys}
    return Ready(complaint, reporter, row, told)


def heard(row: Row[Any], read: Callable[[str], list[str]]) -> list[str]:
    """The words that routing looks at: of a message and of what was ``added``, each bounded by itself."""
    return read(row.text) + (read(row.added) if row.added else [])


def case_of(row: Row[Any], keys: Mapping[str, Any], words: Sequence[str]) -> Case:
    """A stored complaint as routing sees it, with the labels of ``keys``, and nothing for a person to look at first."""
    return Case(keys["sector"], keys["urgency"], keys["kind"], words, (), row.kecamatan, row.kelurahan)


def rows_of(ready: Ready, actor: str) -> list[NewRow]:
    """A complaint with its disposition and event, to be inserted; the database adds the outbox row."""
    now, queue = ready.complaint["received_at"], ready.disposition["queue"]
    event = {"at": now, "type": "received", "actor": actor, "queue": queue, "data": ready.told}
    return store.rows_of(ready.complaint, ready.reporter, ready.disposition, event)


def count(ready: Ready, app: Parts) -> None:
    """Count a stored complaint for the metrics; what is restricted leaves no trace there."""
    if not app.routing.queues[ready.disposition["queue"]].restricted:
        app.metrics.predicted(ready.complaint["prediction"])


def new_id(now: datetime) -> str:
    """A complaint's number: the day in Jakarta and eight random characters (2**40)."""
    bits = secrets.randbits(40)
    return f"{now.astimezone(JAKARTA):%Y%m%d}-" + "".join(ALPHABET[bits >> shift & 31] for shift in range(0, 40, 5))


def keys_of(prediction: Prediction) -> dict[str, str]:
    """The label keys of a prediction by question; service.models refuses a model that leaves one open."""
    return {question: getattr(prediction, question).key for question in QUESTIONS}


def secondary_sectors(text: str, sector: str, classifier: Classifier) -> list[str]:
    """Sectors of further matters in a message: its sentences are read one by one."""
    parts = [part for part in _PART_END.split(text) if len(part.split()) >= MATTER_WORDS]
    found: list[str] = []
    for part in parts[:20] if len(parts) > 1 else ():
        prediction = classifier.predict(part)
        answer = prediction.sector
        if answer and not prediction.needs_review and answer.score >= MATTER_SCORE and answer.key not in found:
            found.append(answer.key)
    return [key for key in found if key not in (sector, "lainnya")]


def disposition_row(
    keys: Mapping[str, Any], disposition: Disposition, routing: Routing, now: datetime
) -> dict[str, Any]:
    """A disposition as the store keeps it. ``keys`` holds, maybe among others, those of sector, urgency and kind."""
    return {
        **{question: keys[question] for question in QUESTIONS},
        "rank": list(reversed(routing.city.labels["urgency"])).index(keys["urgency"]),
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
