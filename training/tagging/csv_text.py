"""CSV as it really comes: which delimiter, which encoding, where a row begins and ends. Knows no model.

Text is handled as Latin-1, one character a byte, so that every byte of the input can be given back as it was;
only the cells that are looked at are decoded. Rows are cut by the strict parser of Python's ``csv``: a row that it
cannot read is given back by itself as a broken one, and the rows after it are safe.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

COMMON_DELIMITERS = ",;\t|"

FIELD_CHARS = 1 << 18
"""Longest cell; an unclosed quote is noticed after as many characters. Thirteen times what the model reads."""


class Row(NamedTuple):
    """One row: the text of its lines without the last line end, that line end (with blank lines after it), cells.

    ``cells`` is ``None`` where the quotes are broken.
    """

    body: str
    tail: str
    cells: list[str] | None


def find_header(head: str, is_text_column: Callable[[str], bool]) -> tuple[str, Row]:
    """The delimiter and the header of a CSV that begins with ``head``.

    The delimiter is the character that makes one of the header's cells the text column; the one that makes most
    cells if several do, or none.

    >>> find_header('id;"isi, laporan";tgl', lambda cell: cell == "isi, laporan")[0]
    ';'
    """
    line = head.partition("\n")[0]
    others = sorted(set(re.findall(r"[^\w\s\"]", line, re.ASCII)) - set(COMMON_DELIMITERS))
    found: dict[tuple[bool, int], tuple[str, Row]] = {}
    for delimiter in (*COMMON_DELIMITERS, *filter(str.isascii, others)):
        row = split_rows(head, delimiter, at_end=True)[0][0]
        cells = row.cells or row.body.split(delimiter)
        found.setdefault((any(map(is_text_column, cells)), len(cells)), (delimiter, row))
    return found[max(found)]


def split_rows(text: str, delimiter: str, at_end: bool) -> tuple[list[Row], str]:
    r"""The rows of a piece of CSV, and what is left of it: the last row, which the next piece may carry on.

    The piece begins where a row begins and ends with a whole line. Blank lines belong to the row before them.
    With ``at_end`` nothing is left, and a quote that does not close is broken.

    >>> rows, left = split_rows('1,"a\nb"\n\n2,c\n3,"d\n', ",", at_end=False)
    >>> [row.cells for row in rows], rows[0].tail, left
    ([['1', 'a\nb'], ['2', 'c']], '\n\n', '3,"d\n')
    """
    csv.field_size_limit(FIELD_CHARS)
    lines = list(io.StringIO(text, newline="\n"))
    rows: list[Row] = []
    at = 0
    while at < len(lines):
        at, open_at_end = _sound_rows(lines, at, delimiter, rows)
        if open_at_end and not at_end:
            return rows, "".join(lines[at:])
        if at < len(lines):
            rows.append(_row(lines[at], None))
            at += 1
    if at_end or not rows:
        return rows, ""
    last = rows.pop()
    return rows, last.body + last.tail


def _sound_rows(lines: Sequence[str], start: int, delimiter: str, rows: list[Row]) -> tuple[int, bool]:
    """Add the rows from line ``start`` on, up to the end or to the first that cannot be read.

    Returns the line after the last row, and whether the lines ended within quotes.
    """
    ended: list[bool] = []
    reader = csv.reader(chain(islice(lines, start, None), _noting(ended)), delimiter=delimiter, strict=True)
    at = start
    try:
        for cells in reader:
            end = start + reader.line_num
            if cells or not rows:
                rows.append(_row(lines[at] if end == at + 1 else "".join(lines[at:end]), cells))
            else:
                last = rows[-1]
                rows[-1] = Row(last.body, last.tail + lines[at], last.cells)
            at = end
    except csv.Error:
        return at, bool(ended)
    return at, False


def _noting(ended: list[bool]) -> Iterator[str]:
    """No line, but a note that the lines before were all taken."""
    ended.append(True)
    yield from ()


def _row(text: str, cells: list[str] | None) -> Row:
    body = text.rstrip("\r\n")
    return Row(body, text[len(body) :], cells)
