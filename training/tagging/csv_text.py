"""CSV as it really comes: which delimiter, which encoding, where a row begins and ends. Knows no model.

Text is handled as Latin-1, one character a byte, so that every byte of the input can be given back as it was;
only the cells that are looked at are decoded. Rows are cut by the strict parser of Python's ``csv``: a row that it
cannot read is given back by itself as a broken one, and the rows after it are safe.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, chain, islice, pairwise
from typing import NamedTuple

COMMON_DELIMITERS = ",;\t|"

FIELD_CHARS = 2 << 20
"""Longest cell; an unclosed quote is noticed after as many characters. A hundred times what the model reads."""


class Row(NamedTuple):
    """One row: the text of its lines without the last line end, that line end (with blank lines after it), cells.

    ``cells`` is ``None`` where the quotes are broken.
    """

    body: str
    tail: str
    cells: list[str] | None


class _Span(NamedTuple):
    """A row by its lines; blank ones may stand between the last of them and the next row's first."""

    start: int
    end: int
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
        row = split_rows(head, delimiter)[0]
        cells = row.cells or row.body.split(delimiter)
        found.setdefault((any(map(is_text_column, cells)), len(cells)), (delimiter, row))
    return found[max(found)]


def split_rows(text: str, delimiter: str) -> list[Row]:
    r"""The rows of a piece of CSV that begins where a row begins and ends where one ends.

    Blank lines belong to the row before them.

    >>> [row.cells for row in split_rows('1,"a\nb"\n\n2,"c\n3,d', ",")]
    [['1', 'a\nb'], None, ['3', 'd']]
    """
    lines = list(io.StringIO(text, newline="\n"))
    spans, _ = _spans(lines, delimiter, at_end=True)
    rows = []
    for span, following in pairwise([*spans, _Span(len(lines), len(lines), None)]):
        whole = lines[span.start] if span.end == span.start + 1 else "".join(lines[span.start : span.end])
        body = whole.rstrip("\r\n")
        rows.append(Row(body, whole[len(body) :] + "".join(lines[span.end : following.start]), span.cells))
    return rows


def row_sizes(pieces: Iterable[str], delimiter: str) -> Iterator[int]:
    """The length of each row, with the blank lines after it, of a CSV that comes in pieces of whole lines."""
    lines: list[str] = []
    for piece in pieces:
        lines += io.StringIO(piece, newline="\n")
        spans, left = _spans(lines, delimiter, at_end=False)
        yield from _sizes(lines[:left], spans)
        lines = lines[left:]
    yield from _sizes(lines, _spans(lines, delimiter, at_end=True)[0])


def _sizes(lines: list[str], spans: list[_Span]) -> list[int]:
    ends = list(accumulate(map(len, lines), initial=0))
    starts = [ends[span.start] for span in spans] + [ends[-1]]
    return [after - before for before, after in pairwise(starts)]


def _spans(lines: list[str], delimiter: str, at_end: bool) -> tuple[list[_Span], int]:
    """The rows of some lines, and the first line that is left of them.

    The last row is left, since more lines may carry it on; ``at_end`` none is, and what does not close is broken.
    """
    csv.field_size_limit(FIELD_CHARS)
    spans: list[_Span] = []
    at = 0
    while at < len(lines):
        at, is_open = _sound_spans(lines, at, delimiter, spans)
        if is_open and not at_end:
            return spans, at
        if at < len(lines):
            spans.append(_Span(at, at + 1, None))
            at += 1
    if at_end or not spans:
        return spans, len(lines)
    return spans, spans.pop().start


def _sound_spans(lines: list[str], start: int, delimiter: str, spans: list[_Span]) -> tuple[int, bool]:
    """Add the rows from line ``start`` on, up to the end or to the first that cannot be read.

    Returns the line after the last row, and whether the lines ended within quotes.
    """
    ended: list[bool] = []
    reader = csv.reader(chain(islice(lines, start, None), _noting(ended)), delimiter=delimiter, strict=True)
    at = start
    try:
        for cells in reader:
            end = start + reader.line_num
            if cells or not spans:
                spans.append(_Span(at, end, cells))
            at = end
    except csv.Error:
        return at, bool(ended)
    return at, False


def _noting(ended: list[bool]) -> Iterator[str]:
    """No line, but a note that the lines before were all taken."""
    ended.append(True)
    yield from ()
