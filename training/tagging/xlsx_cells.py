"""Cells of a spreadsheet as JSON, so that rows can wait in a file of lines without losing their types."""

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

GENERAL = "General"


class Cell(NamedTuple):
    """A value and the number format that it is shown in."""

    value: Any
    format: str = GENERAL


def to_json(cell: Cell) -> Any:
    """A cell as JSON: a plain value as it is, else its kind, value and format.

    >>> to_json(Cell("007")), to_json(Cell(datetime(2024, 1, 5), "dd/mm/yyyy"))
    ('007', ['datetime', '2024-01-05T00:00:00', 'dd/mm/yyyy'])
    """
    value = cell.value
    for kind in (datetime, date, time):
        if isinstance(value, kind):
            return [kind.__name__, value.isoformat(), cell.format]
    if isinstance(value, timedelta):
        return ["timedelta", value.total_seconds(), cell.format]
    if cell.format != GENERAL and isinstance(value, int | float) and not isinstance(value, bool):
        return ["number", value, cell.format]
    return value if isinstance(value, str | int | float | None) else str(value)


def from_json(found: Any) -> Cell:
    """The cell that ``to_json`` was given."""
    if not isinstance(found, list):
        return Cell(found)
    kind, value, shown = found
    if kind == "timedelta":
        return Cell(timedelta(seconds=value), shown)
    kinds: dict[str, Any] = {"datetime": datetime, "date": date, "time": time}
    return Cell(kinds[kind].fromisoformat(value) if kind in kinds else value, shown)
