"""What a citizen adds is read for allegations too: it may accuse the office that asked for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Row

from service.intake import case_of, disposition_row, heard
from service.parts import Parts
from service.routing.decide import alleges, decide
from service.work import FRESH


def moved_by(app: Parts, row: Row[Any], added: str, now: datetime) -> Mapping[str, Any]:
    """The new disposition's columns where what is added makes a complaint one for a restricted queue; else nothing.

    ``row`` as ``queues.locked`` gives it. It does when ``added`` alleges by itself, or together with what was there and
    that did not. So a complaint that the Inspektorat has read and passed on comes back for a new allegation only.
    """
    read, routing = app.models.classifier.words, app.routing
    before, new, keys = heard(row, read), read(added), row._asdict()
    then, both = (decide(case_of(row, keys, words), routing, now) for words in (before, before + new))
    if not routing.queues[both.queue].restricted or both.queue == row.queue:
        return {}
    if routing.queues[then.queue].restricted and not alleges(case_of(row, keys, new), routing):
        return {}
    return disposition_row(keys, both, routing, now) | FRESH
