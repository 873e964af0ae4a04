"""What the city wrote down, as plain data. Read and checked by ``service.routing.load``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from model.city import City
from model.matching import DangerRules


@dataclass(frozen=True, slots=True)
class Queue:
    """Where complaints wait. A ``restricted`` queue is seen by keys of its department alone."""

    key: str
    name: str
    department: str
    restricted: bool


@dataclass(frozen=True, slots=True)
class When:
    """Conditions, all of which must hold; an empty one always does.

    ``allegation``: only messages with a sign of levies or corruption; ``review``: only cases that need a person.
    """

    sector: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    urgency: tuple[str, ...] = ()
    kecamatan: tuple[str, ...] = ()
    kelurahan: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    allegation: bool = False
    review: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One routing rule: where its complaints go, and why, in words that officers and citizens read."""

    name: str
    when: When
    department: str
    queue: str
    reason: str


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """How long a complaint may take, in working days or in ``hours``, and the source that says so.

    An empty condition always holds.
    """

    name: str
    urgency: tuple[str, ...]
    kind: tuple[str, ...]
    queue: tuple[str, ...]
    working_days: int
    hours: int
    valid_from: date
    source: str


@dataclass(frozen=True, slots=True)
class Routing:
    """All that decides a disposition: queues, ordered rules and deadlines, advice, places, signs of allegations."""

    city: City
    queues: Mapping[str, Queue]
    rules: tuple[Rule, ...]
    deadlines: tuple[DeadlineRule, ...]
    advice_urgency: Mapping[str, str]
    advice_department: Mapping[str, str]
    advice_closing: str
    review_reasons: Mapping[str, str]
    """Why a person looks first, by key, in words."""
    kelurahan: Mapping[str, str]
    """Kelurahan to its kecamatan."""
    city_name: str
    """May stand before a place's name."""
    signs: DangerRules
    """What makes a message an allegation (service.routing.allegations)."""

    def queue_of(self, department: str) -> str:
        """The ordinary queue of a department."""
        return self.city.departments[department].queue

    def review_queues(self) -> frozenset[str]:
        """The queues where a person confirms what the model was unsure of."""
        return frozenset(rule.queue for rule in self.rules if rule.when.review)
