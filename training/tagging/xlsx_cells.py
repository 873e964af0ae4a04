"""Cells of a spreadsheet: as JSON, so that rows can wait in a file of lines, and as the XML of a sheet.

A style is a number: its place in ``STYLES``, or behind them among the number formats that a workbook brings along.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from openpyxl.utils.datetime import to_excel

GENERAL, TEXT = 0, 1
KINDS: dict[str, Any] = {"datetime": datetime, "date": date, "time": time, "timedelta": timedelta}
STYLES = ("General", "", "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd", "hh:mm:ss", "[h]:mm:ss")
"""Number formats: plain, text that looks like a formula and is marked as text, and one for each of ``KINDS``."""

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_SPECIAL = re.compile("[&<>\0-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


class Cell(NamedTuple):
    """A value and the style that it is shown in."""

    value: Any
    style: int = GENERAL


def to_json(cell: Cell) -> Any:
    """A cell as JSON: a plain value as it is, else its kind, value and style.

    >>> to_json(Cell("007")), to_json(Cell(datetime(2024, 1, 5), 7))
    ('007', ['datetime', '2024-01-05T00:00:00', 7])
    """
    value = cell.value
    for kind in (datetime, date, time):
        if isinstance(value, kind):
            return [kind.__name__, value.isoformat(), cell.style]
    if isinstance(value, timedelta):
        return ["timedelta", value.total_seconds(), cell.style]
    if cell.style != GENERAL and isinstance(value, int | float) and not isinstance(value, bool):
        return ["number", value, cell.style]
    return value if isinstance(value, str | int | float | None) else str(value)


def from_json(found: Any) -> Cell:
    """The cell that ``to_json`` was given."""
    if not isinstance(found, list):
        return Cell(found)
    kind, value, style = found
    if kind == "timedelta":
        return Cell(timedelta(seconds=value), style)
    return Cell(KINDS[kind].fromisoformat(value) if kind in KINDS else value, style)


def row_xml(number: int, letters: Sequence[str], cells: Iterable[Cell]) -> str:
    """A row of a sheet, without its empty cells. ``letters``: the columns' names; ``number`` counts from 1.

    Text stands in its cell, as text whatever it begins with; what XML cannot hold is written ``_x000B_``, as Excel
    does.

    >>> row_xml(2, "ABC", [Cell(7), Cell(None), Cell("=1")])
    '<row r="2"><c r="A2"><v>7</v></c><c r="C2" s="1" t="inlineStr"><is><t>=1</t></is></c></row>'
    """
    found = [
        _cell_xml(f"{letter}{number}", value, style)
        for letter, (value, style) in zip(letters, cells, strict=True)
        if value is not None and value != ""
    ]
    return f'<row r="{number}">{"".join(found)}</row>'


def _cell_xml(place: str, value: Any, style: int) -> str:
    if isinstance(value, str):
        if value.startswith(FORMULA_SIGNS):
            place = f'{place}" s="{TEXT}'
        space = ' xml:space="preserve"' if value[0].isspace() or value[-1].isspace() else ""
        text = _SPECIAL.sub(_escaped, value)
        return f'<c r="{place}" t="inlineStr"><is><t{space}>{text}</t></is></c>'
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    shown = value if isinstance(value, int | float) else to_excel(value)  # type: ignore[no-untyped-call]
    return f'<c r="{place}" s="{style}"><v>{shown!r}</v></c>' if style else f'<c r="{place}"><v>{shown!r}</v></c>'


def _escaped(found: re.Match[str]) -> str:
    letter = found.group()
    return _ENTITIES.get(letter) or f"_x{ord(letter):04X}_"
