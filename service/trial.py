"""What a change of the routing rules would move: stored open complaints, decided anew, nothing changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from model.lexicon import Lexicon
from service.intake import heard
from service.routing.decide import OFFICER_RULE, Case, decide, examine
from service.routing.rules import Routing
from service.store.complaints import open_ones
from service.store.database import Database


@dataclass(frozen=True, slots=True)
class Move:
    """A complaint that would wait in another queue."""

    complaint: str
    before: str
    after: str
    rule: str


def moves(database: Database, routing: Routing, lexicon: Lexicon, now: datetime) -> Iterator[Move | None]:
    """For each open complaint that rules placed: the move, or None where it would stay.

    What an officer decided is left out; what a reviewer confirmed is not reviewed again.
    """
    with database.read() as connection:
        for row in open_ones(connection):
            if row.rule == OFFICER_RULE:
                continue
            words = heard(row.text, row.added, lexicon.expansions)
            reasons = tuple(row.prediction["review_reasons"])
            case = Case(row.sector, row.urgency, row.kind, words, reasons, row.kecamatan, row.kelurahan)
            confirmed = row.corrected and not row.review_reasons
            if confirmed:
                case = Case(row.sector, row.urgency, row.kind, words, (), row.kecamatan, row.kelurahan)
            made = decide(case if confirmed else examine(case, routing), routing, now)
            yield Move(row.id, row.queue, made.queue, made.rule) if made.queue != row.queue else None
