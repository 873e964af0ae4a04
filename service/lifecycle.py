"""The life of a complaint: its states, and which step is allowed in which state. Pure."""

from dataclasses import dataclass

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
    """What may happen to a complaint: in which states, to which state (None: the same), told as which event."""

    allowed: tuple[str, ...]
    to: str | None
    event: str


STEPS = {
    "claim": Step(RUNNING, None, "claimed"),
    "release": Step(RUNNING, None, "released"),
    "acknowledge": Step((WAITING,), IN_PROGRESS, "acknowledged"),
    "ask": Step(RUNNING, INCOMPLETE, "completion_asked"),
    "complete": Step((INCOMPLETE,), WAITING, "completed"),
    "redirect": Step(OPEN, WAITING, "redirected"),
    "correct": Step(STATUSES, None, "corrected"),
    "split": Step(OPEN, None, "split"),
    "resolve": Step(OPEN, RESOLVED, "resolved"),
    "reopen": Step((RESOLVED,), WAITING, "reopened"),
}

EVENTS = ("received", *(step.event for step in STEPS.values()), "reminded", "escalated")
"""Every type of event there is."""
