"""What a citizen adds is read for allegations too: it may accuse the office that asked for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Row

from model.prediction import QUESTIONS
from model.text import words_of
from service.intake import disposition_row, heard
from service.parts import Parts
from service.routing.decide import Case, alleges, decide
from service.work import FRESH


def moved_by(app: Parts, row: Row[Any], added: str, now: datetime) -> Mapping[str, Any]:
    """The new disposition's columns where what is added makes a complaint one for a restricted queue; else nothing.

    ``row`` as ``queues.locked`` gives it. It does when ``added`` alleges by itself, or together with what was there and
    that did not. So a complaint that the Inspektorat has read and passed on comes back for a new allegation only.
    """
    expansions, routing = app.models.classifier.expansions, app.routing
    before, new = heard(row.text, row.added, expansions), words_of(added, expansions)
    then, both = (decide(_case(row, words), routing, now) for words in (before, before + new))
    if not routing.queues[both.queue].restricted or both.queue == row.queue:
        return {}
    if routing.queues[then.queue].restricted and not alleges(_case(row, new), routing):
        return {}
    keys = {question: row._mapping[question] for question in QUESTIONS}
    return disposition_row(keys, both, routing, now) | FRESH


def _case(row: Row[Any], words: Sequence[str]) -> Case:
    return Case(row.sector, row.urgency, row.kind, words, kecamatan=row.kecamatan, kelurahan=row.kelurahan)
