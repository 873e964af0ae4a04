"""What a change of the routing rules would move: stored open complaints, decided anew, nothing changed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from model.lexicon import Lexicon
from model.pieces import Reader
from service.intake import case_of, heard
from service.routing.decide import OFFICER_RULE, decide, examine
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
    read = Reader(lexicon.expansions).words
    with database.read() as connection:
        for row in open_ones(connection):
            if row.rule == OFFICER_RULE:
                continue
            case = case_of(row, row._asdict(), heard(row, read))
            if not row.corrected or row.review_reasons:
                case = examine(replace(case, review_reasons=tuple(row.prediction["review_reasons"])), routing)
            made = decide(case, routing, now)
            yield Move(row.id, row.queue, made.queue, made.rule) if made.queue != row.queue else None
