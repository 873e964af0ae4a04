"""The answer of the model: plain, immutable data."""

from dataclasses import asdict, dataclass
from typing import Any

QUESTIONS = ("sector", "urgency", "kind")
"""The questions a model may answer, in the order of their score columns."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A label that was considered, with its probability (0-1)."""

    key: str
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """One question answered: a label key, its probability (0-1), the top three labels, the deciding words.

    ``alternatives`` are ordered by probability and begin with the head's own first choice. For urgency a danger
    rule may put ``key`` above that choice; its name is then the first of the ``reasons``, as ``aturan:NAME``.
    """

    key: str
    score: float
    alternatives: tuple[Alternative, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the model says of one message. A question that the model was not trained on has no answer.

    ``review_reasons`` name why a person should look before the answer is used: ``pesan_kosong`` (no word to
    read), ``ragu_sektor`` (sector below its class's threshold).
    """

    sector: Answer | None
    urgency: Answer | None
    kind: Answer | None
    needs_review: bool
    review_reasons: tuple[str, ...]
    model_version: str

    def as_dict(self) -> dict[str, Any]:
        """The prediction as JSON-ready data."""
        return asdict(self)
