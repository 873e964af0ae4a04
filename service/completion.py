"""What a citizen adds is read for allegations too: it may accuse the office that asked for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Row

from model.text import words_of
from service.intake import disposition_row
from service.parts import Parts
from service.routing.decide import Case, Disposition, alleges, decide
from service.work import FRESH


def moved_by(app: Parts, row: Row[Any], earlier: Sequence[str], added: str, now: datetime) -> Mapping[str, Any]:
    """The new disposition's columns where what was added makes a complaint one for a restricted queue; else nothing.

    ``earlier``: what was added before. It does when ``added`` alleges by itself, or together with what was there and
    that did not. So a complaint that the Inspektorat has read and passed on comes back for a new allegation only.
    """
    before = "\n".join((row.text, *earlier))
    then, both = (_decided(app, row, text, now) for text in (before, f"{before}\n{added}"))
    if not app.routing.queues[both.queue].restricted or both.queue == row.queue:
        return {}
    if app.routing.queues[then.queue].restricted and not alleges(_case(app, row, added), app.routing):
        return {}
    keys = {question: row._mapping[question] for question in ("sector", "urgency", "kind")}
    return disposition_row(keys, both, app.routing, now) | FRESH


def _decided(app: Parts, row: Row[Any], text: str, now: datetime) -> Disposition:
    return decide(_case(app, row, text), app.routing, now)


def _case(app: Parts, row: Row[Any], text: str) -> Case:
    words = words_of(text, app.models.classifier.expansions)
    return Case(row.sector, row.urgency, row.kind, words, kecamatan=row.kecamatan, kelurahan=row.kelurahan)
