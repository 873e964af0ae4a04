"""What is amiss with a row of a file of complaints, in words that say what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from training.errors import DataError

SHOWN = 10
"""Findings that an error message lists; `disposisi check` lists all."""


class Level(Enum):
    """``ERROR``: training refuses the file. ``WARNING``: look at it. ``NOTE``: put right in the copy already."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing amiss. ``row``: the spreadsheet's row, the header being row 1. ``value``: a label, date or number as
    it stands, never a message. ``message``, ``remedy``: for the terminal. ``remark``: Indonesian, for the copy."""

    level: Level
    code: str
    row: int
    column: str
    value: str
    message: str
    remedy: str
    remark: str

    def __str__(self) -> str:
        value = f", value {self.value!r}" if self.value else ""
        return f"row {self.row}, column {self.column}{value}: {self.message}; {self.remedy}"


def refuse_errors(findings: Sequence[Finding], place: str) -> None:
    """Raise DataError with the first errors, if there are any."""
    errors = [finding for finding in findings if finding.level is Level.ERROR]
    if errors:
        lines = [f"{place}: {len(errors)} entries cannot be used", *(f"  {error}" for error in errors[:SHOWN])]
        if len(errors) > SHOWN:
            lines.append(f"  ... and {len(errors) - SHOWN} more: disposisi check {place}")
        raise DataError("\n".join(lines))
