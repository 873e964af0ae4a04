"""Excel workbooks: the first sheet, values with their number formats; no text is ever taken for a formula.

A sheet can only be read from its beginning, so its rows wait in a file of lines beside the parts, where any process
can read its own. Cells that hold a formula come out as the value last shown, or as text if none was stored.
"""

import io
import json
import math
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException
from xlsxwriter.utility import xl_col_to_name

from training.errors import DataError
from training.tagging.chunks import Chunk, cut
from training.tagging.columns import Answers
from training.tagging.interface import TOO_MANY, Batch, Output, Reader, Writer, text_column_at, without_text
from training.tagging.lines import lines_of
from training.tagging.values import as_text
from training.tagging.xlsx_cells import KINDS, STYLES, TEXT, Cell, from_json, row_xml, to_json

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_CHARS = 32_767
MAX_DIGITS = 15
"""Limits of Excel: rows and columns of a sheet, characters of a cell, digits of a number."""

FIRST_YEAR = 1900
"""Earlier dates stay text."""

SHEET = "xl/worksheets/sheet1.xml"


@dataclass(frozen=True)
class XlsxReader(Reader):
    """The first sheet of a workbook; ``rows`` as the sheet says, which may be wrong."""

    path: Path
    columns: list[str]
    text_at: int
    rows: int
    lines: Path
    """Where the rows wait, one a line."""

    formats: list[str] = field(default_factory=list)
    """Number formats that ``STYLES`` has not, as they turn up while the rows are laid out."""

    def chunks(self) -> Iterator[Chunk]:
        """Chunks of rows, once they are in the file of lines."""
        return cut(self._laid_out(), 0)

    def expected_rows(self, chunk: Chunk) -> int:  # noqa: ARG002 - the sheet says it
        """As many as the sheet says."""
        return self.rows

    def read(self, chunk: Chunk) -> Batch:
        """The rows of a chunk; ``source`` is a list of rows of ``Cell``."""
        batch = Batch(chunk.first, [], [], [])
        for line in lines_of(self.lines, chunk):
            row, note = self._whole([from_json(found) for found in json.loads(line)])
            text = as_text(row[self.text_at].value)
            batch.texts.append(text)
            batch.notes.append(note or without_text(text))
            batch.source.append(row)
        return batch

    def cells(self, batch: Batch) -> list[list[Any]]:
        """The values of each row."""
        return [[cell.value for cell in row] for row in batch.source]

    def _laid_out(self) -> Iterator[int]:
        """Write every row to the file of lines; yields the bytes of each. Empty rows at the end are none."""
        empty = 0
        with self.lines.open("wb", buffering=0) as stream, _readable(self.path):
            for row in _rows(self.path, self.formats):
                if not row:
                    empty += 1
                    continue
                for cells in chain([[]] * empty, [row]):
                    yield stream.write(json.dumps([to_json(cell) for cell in cells]).encode() + b"\n")
                empty = 0

    def _whole(self, row: list[Cell]) -> tuple[list[Cell], str]:
        """As many cells as columns; what stands right of them goes into the last one, as text."""
        width = len(self.columns)
        if len(row) <= width:
            return row + [Cell(None)] * (width - len(row)), ""
        surplus = "; ".join(as_text(cell.value) for cell in row[width - 1 :])
        return [*row[: width - 1], Cell(surplus)], TOO_MANY


def open_xlsx(path: Path, text_column: str, folder: Path) -> XlsxReader:
    """Read the header of the first sheet.

    Raises
    ------
    DataError
        It is no workbook, or has no such column, or two of them.
    """
    with _readable(path):
        with path.open("rb") as stream:
            rows = (openpyxl.load_workbook(stream, read_only=True).worksheets[0].max_row or 1) - 1
        header = next(_rows(path, [], skip=0), [])
    columns = [as_text(cell.value) for cell in header]
    return XlsxReader(path, columns, text_column_at(path, text_column, columns), rows, folder / "input.lines")


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        SyntaxError,
        InvalidFileException,
        LookupError,
        ValueError,
    ) as error:
        raise DataError(
            f"{path}: cannot be read as an Excel workbook ({error}); save it as .xlsx anew, without a password"
        ) from error


def _rows(path: Path, formats: list[str], skip: int = 1) -> Iterator[list[Cell]]:
    """The rows of the first sheet, without the empty cells at their ends."""
    styles = {shown: style for style, shown in enumerate(STYLES)}
    with_formulas = _sheets(path, data_only=False) if _has_formulas(path) else None
    for row in _sheets(path, data_only=True):
        formulas = next(with_formulas) if with_formulas else row
        if skip:
            skip -= 1
            continue
        cells = []
        for shown, formula in zip(row, formulas, strict=True):
            wanted = shown.number_format or STYLES[0]
            if wanted not in styles:
                styles[wanted] = len(styles)
                formats.append(wanted)
            cells.append(_cell(shown, formula, styles[wanted]))
        while cells and cells[-1].value is None:
            cells.pop()
        yield cells


def _sheets(path: Path, data_only: bool) -> Iterator[Any]:
    with path.open("rb") as stream:
        sheet = openpyxl.load_workbook(stream, read_only=True, data_only=data_only).worksheets[0]
        sheet.reset_dimensions()
        yield from sheet.iter_rows()


def _cell(shown: Any, formula: Any, style: int) -> Cell:
    if isinstance(shown.value, str):
        return Cell(unescape(shown.value), style)
    if shown.value is not None:
        return Cell(shown.value, style)
    if formula.value is None:
        return Cell(None)
    return Cell(str(getattr(formula.value, "text", formula.value)))


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with book.open(name) as sheet:
                    before = b""
                    while block := sheet.read(1 << 20):
                        if b"<f>" in before + block or b"<f " in before + block:
                            return True
                        before = block[-3:]
    return False


@dataclass(frozen=True)
class XlsxWriter(Writer):
    """A workbook with one sheet."""

    columns: list[str]
    names: list[str]
    formats: list[str]
    """Those of the reader, where it is one of a workbook."""

    def accepted(self, reader: Reader, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """The chunks, once it is known that one sheet holds all their rows; rows of a sheet always fit."""
        if len(self.columns) + len(self.names) > MAX_COLUMNS:
            raise DataError(f"{reader.path}: an Excel sheet holds {MAX_COLUMNS:,} columns; write .csv or .parquet")
        if isinstance(reader, XlsxReader):
            return chunks
        found = list(chunks)
        if (rows := sum(chunk.rows for chunk in found)) >= MAX_ROWS:
            raise DataError(
                f"{reader.path}: {rows:,} rows, and an Excel sheet holds {MAX_ROWS - 1:,}; write .csv or .parquet"
            )
        return iter(found)

    def part(self, path: Path, reader: Reader, batch: Batch, answers: Answers) -> None:
        """The rows of a batch as they stand in the sheet."""
        rows = batch.source if isinstance(reader, XlsxReader) else map(_cells, reader.cells(batch))
        letters = _letters(len(self.columns) + len(self.names))
        lines = []
        for number, (row, more) in enumerate(zip(rows, answers.rows(), strict=True), start=batch.first + 2):
            for column, cell in zip(self.columns, row, strict=True):
                if isinstance(cell.value, str) and len(cell.value) > MAX_CHARS:
                    raise DataError(
                        f"row {number}, column {column!r}: {len(cell.value):,} characters, and an Excel cell holds "
                        f"{MAX_CHARS:,}; write .csv, .parquet or .jsonl"
                    )
            lines.append(row_xml(number, letters, [*row, *map(Cell, more)]))
        path.write_text("".join(lines), encoding="utf-8", newline="")

    def output(self, path: Path) -> Output:
        """A workbook that begins with the header."""
        return _XlsxOutput(path, [*self.columns, *self.names], self.formats)


def _cells(row: list[Any]) -> list[Cell]:
    """Values of another format as a spreadsheet can hold them: what is none of its kinds is text."""
    cells = []
    for value in row:
        if isinstance(value, str | bool | None) or _is_exact(value):
            cells.append(Cell(value))
        elif (style := _date_style(value)) is not None:
            cells.append(Cell(value, style))
        else:
            cells.append(Cell(as_text(value)))
    return cells


def _date_style(value: Any) -> int | None:
    """The style of a date, a time or a span of time; None for what Excel cannot hold as such."""
    if getattr(value, "tzinfo", None) is not None or getattr(value, "year", FIRST_YEAR) < FIRST_YEAR:
        return None
    return next((style for style, kind in enumerate(KINDS.values(), TEXT + 1) if isinstance(value, kind)), None)


def _is_exact(value: Any) -> bool:
    """Whether Excel holds this number without rounding it away, as it does with long identity numbers."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and abs(value) < 10**MAX_DIGITS


class _XlsxOutput(Output):
    """The rows' XML streamed into a packed sheet, and around it the workbook that xlsxwriter makes.

    Through xlsxwriter itself the rows would take ten times as long, in one process. Dates of files are fixed, so that
    equal rows make equal workbooks.
    """

    def __init__(self, path: Path, header: list[str], formats: list[str]) -> None:
        self._book = zipfile.ZipFile(path, "w")
        self._formats = formats
        head = re.sub(rb"<dimension[^>]*/>", b"", _frame([])[SHEET].partition(b"<sheetData")[0])
        self._sheet = self._book.open(_packed(SHEET), "w", force_zip64=True)
        self._sheet.write(head + b"<sheetData>")
        self._sheet.write(row_xml(1, _letters(len(header)), map(Cell, header)).encode())

    def add(self, part: Path) -> None:
        """Add a part."""
        with part.open("rb") as rows:
            shutil.copyfileobj(rows, self._sheet, 1 << 20)

    def __exit__(self, error_type: object, *_error: object) -> None:
        """Write the rest of the workbook; after an error, what there is of it is to be thrown away."""
        try:
            if error_type is None:
                self._finish()
        finally:
            for file in (self._sheet, self._book):
                with suppress(OSError, ValueError):  # they write once more as they close, and did so if all went well
                    file.close()

    def _finish(self) -> None:
        frame = _frame(self._formats)
        self._sheet.write(b"</sheetData>" + frame.pop(SHEET).partition(b"</sheetData>")[2])
        self._sheet.close()
        for name, content in frame.items():
            self._book.writestr(_packed(name), content)
        self._book.close()


def _frame(formats: list[str]) -> dict[str, bytes]:
    """The files of a workbook whose styles are ``STYLES`` and more number formats, with a sheet to be replaced."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})
        sheet = book.add_worksheet()
        wanted = [{"quote_prefix": True}, *({"num_format": shown} for shown in (*STYLES[TEXT + 1 :], *formats))]
        for row, style in enumerate(wanted):
            sheet.write_blank(row, 0, None, book.add_format(style))
    with zipfile.ZipFile(content) as found:
        return {name: found.read(name) for name in found.namelist()}


def _packed(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _letters(columns: int) -> list[str]:
    return [xl_col_to_name(column) for column in range(columns)]
