"""The life of a complaint: its states, which step is allowed in which state, and who is told. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.routing.deadlines import JAKARTA

WAITING = "menunggu"
"""In a queue; nobody has answered yet."""
IN_PROGRESS = "diproses"
"""The department has answered and works on it."""
INCOMPLETE = "perlu_kelengkapan"
"""The citizen has been asked for something that is missing."""
RESOLVED = "selesai"

STATUSES = (WAITING, IN_PROGRESS, INCOMPLETE, RESOLVED)
OPEN = (WAITING, IN_PROGRESS, INCOMPLETE)
RUNNING = (WAITING, IN_PROGRESS)
"""States in which the department is to act, and its deadline runs."""


@dataclass(frozen=True, slots=True)
class Step:
    """What may happen to a complaint: in which states, to which state (None: the same), told as which event.

    ``told``: whether the key that handed the complaint in is told too.
    """

    allowed: tuple[str, ...]
    to: str | None
    event: str
    told: bool = False


STEPS = {
    "claim": Step(RUNNING, None, "claimed"),
    "release": Step(RUNNING, None, "released"),
    "acknowledge": Step((WAITING,), IN_PROGRESS, "acknowledged", told=True),
    "ask": Step(RUNNING, INCOMPLETE, "completion_asked", told=True),
    "complete": Step((INCOMPLETE,), WAITING, "completed", told=True),
    "redirect": Step(OPEN, WAITING, "redirected", told=True),
    "correct": Step(STATUSES, None, "corrected"),
    "split": Step(OPEN, None, "split"),
    "resolve": Step(OPEN, RESOLVED, "resolved", told=True),
    "reopen": Step((RESOLVED,), WAITING, "reopened", told=True),
}

FOR_THE_SENDER = ("received", *(step.event for step in STEPS.values() if step.told))
"""Types of events that the key that handed a complaint in is told, of their data only the ``message``."""

CHANGED = "changed"
"""Where a correction's event names what became different for the sender: the queue, the advice."""


def for_the_sender(event: str, data: Mapping[str, Any]) -> bool:
    """Whether the key that handed a complaint in is told of an event; of a correction, when it changes its answer."""
    return event in FOR_THE_SENDER or (event == STEPS["correct"].event and bool(data.get(CHANGED)))


@dataclass(frozen=True, slots=True)
class Claim:
    """Who holds a complaint, and until when."""

    by: str | None
    until: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether other officers are kept off."""
        return self.until is not None and self.until > now


def refusal(step: str, status: str, claim: Claim, actor: str, named: bool, now: datetime) -> str | None:
    """Why an officer may not take a step now; None when nothing forbids it. ``named``: the key told who works."""
    allowed = STEPS[step].allowed
    if status not in allowed:
        return f"the complaint is {status!r}; it must be {' or '.join(allowed)}"
    if claim.until and claim.holds(now) and claim.by != actor:
        moment = claim.until.astimezone(JAKARTA).isoformat(timespec="seconds")
        return f"another officer has claimed it until {moment}"
    if step == "claim" and claim.holds(now) and not named:
        return "it is claimed with this key already; send `officer`, so that one person can be told from another"
    if step == "release" and claim.by != actor:
        return "it is not claimed by this officer"
    return None
