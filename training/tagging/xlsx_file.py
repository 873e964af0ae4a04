"""Excel workbooks: the first sheet, values with their number formats; no text is ever taken for a formula.

A sheet can only be read from its beginning, so its rows wait in a file of lines beside the parts, where any process
can read its own. Cells that hold a formula come out as the value last shown, or as text if none was stored.
"""

import json
import math
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException
from xlsxwriter.exceptions import FileCreateError

from training.errors import DataError
from training.tagging.chunks import Chunk, cut
from training.tagging.columns import Answers
from training.tagging.interface import TOO_MANY, Batch, Output, Reader, Writer, text_column_at, without_text
from training.tagging.lines import lines_of
from training.tagging.values import as_text
from training.tagging.xlsx_cells import GENERAL, Cell, from_json, to_json

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_CHARS = 32_767
MAX_DIGITS = 15
"""Limits of Excel: rows and columns of a sheet, characters of a cell, digits of a number."""

DATE_FORMATS = {datetime: "yyyy-mm-dd hh:mm:ss", date: "yyyy-mm-dd", time: "hh:mm:ss", timedelta: "[h]:mm:ss"}
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class XlsxReader(Reader):
    """The first sheet of a workbook; ``rows`` as the sheet says, which may be wrong."""

    path: Path
    columns: list[str]
    text_at: int
    rows: int
    lines: Path
    """Where the rows wait, one a line."""

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
            for row in _rows(self.path):
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
        header = next(_rows(path, skip=0), [])
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


def _rows(path: Path, skip: int = 1) -> Iterator[list[Cell]]:
    """The rows of the first sheet, without the empty cells at their ends."""
    with_formulas = _sheets(path, data_only=False) if _has_formulas(path) else None
    for row in _sheets(path, data_only=True):
        formulas = next(with_formulas) if with_formulas else row
        if skip:
            skip -= 1
            continue
        cells = [_cell(shown, formula) for shown, formula in zip(row, formulas, strict=True)]
        while cells and cells[-1].value is None:
            cells.pop()
        yield cells


def _sheets(path: Path, data_only: bool) -> Iterator[Any]:
    with path.open("rb") as stream:
        sheet = openpyxl.load_workbook(stream, read_only=True, data_only=data_only).worksheets[0]
        sheet.reset_dimensions()
        yield from sheet.iter_rows()


def _cell(shown: Any, formula: Any) -> Cell:
    if isinstance(shown.value, str):
        return Cell(unescape(shown.value), shown.number_format or GENERAL)
    if shown.value is not None:
        return Cell(shown.value, shown.number_format or GENERAL)
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
        """The rows of a batch as a file of lines."""
        rows = batch.source if isinstance(reader, XlsxReader) else map(_cells, reader.cells(batch))
        lines = []
        for number, (row, more) in enumerate(zip(rows, answers.rows(), strict=True), start=batch.first + 2):
            for column, cell in zip(self.columns, row, strict=True):
                if isinstance(cell.value, str) and len(cell.value) > MAX_CHARS:
                    raise DataError(
                        f"row {number}, column {column!r}: {len(cell.value):,} characters, and an Excel cell holds "
                        f"{MAX_CHARS:,}; write .csv, .parquet or .jsonl"
                    )
            lines.append(json.dumps([*map(to_json, row), *more]) + "\n")
        path.write_text("".join(lines), encoding="utf-8")

    def output(self, path: Path) -> Output:
        """A workbook that begins with the header."""
        return _XlsxOutput(path, [*self.columns, *self.names])


def _cells(row: list[Any]) -> list[Cell]:
    """Values of another format as a spreadsheet can hold them: what is none of its kinds is text."""
    cells = []
    for value in row:
        kind: type = type(value)
        if isinstance(value, datetime):
            kind = datetime if value.tzinfo is None else object
        if kind in DATE_FORMATS:
            cells.append(Cell(value, DATE_FORMATS[kind]))
        elif isinstance(value, str | bool | None) or _is_exact(value):
            cells.append(Cell(value))
        else:
            cells.append(Cell(as_text(value)))
    return cells


def _is_exact(value: Any) -> bool:
    """Whether Excel holds this number without rounding it away, as it does with long identity numbers."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and abs(value) < 10**MAX_DIGITS


class _XlsxOutput(Output):
    """Writes row by row. The workbook's date is fixed, so that equal rows make equal files."""

    def __init__(self, path: Path, header: list[str]) -> None:
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
        self._book.set_properties({"created": datetime(2000, 1, 1)})
        self._sheet = self._book.add_worksheet()
        self._formats: dict[str, Any] = {GENERAL: None}
        self._as_text = self._book.add_format({"quote_prefix": True})
        self._row = 0
        self._write([Cell(name) for name in header])

    def add(self, part: Path) -> None:
        """Add a part."""
        with part.open(encoding="utf-8") as lines:
            for line in lines:
                self._write([from_json(found) for found in json.loads(line)])

    def __exit__(self, error_type: object, *_error: object) -> None:
        """Write the workbook, unless an error came before.

        Raises
        ------
        OSError
            The disk is full.
        """
        if error_type is not None:
            return
        try:
            self._book.close()
        except FileCreateError as error:  # what xlsxwriter makes of an OSError
            raise error.args[0] from error

    def _write(self, cells: list[Cell]) -> None:
        for column, (value, shown) in enumerate(cells):
            if value == "":
                continue
            if isinstance(value, str):
                style = self._as_text if value.startswith(FORMULA_SIGNS) else None
                self._sheet.write_string(self._row, column, value, style)
            elif isinstance(value, bool):
                self._sheet.write_boolean(self._row, column, value)
            elif isinstance(value, int | float):
                self._sheet.write_number(self._row, column, value, self._format(shown))
            elif value is not None:
                self._sheet.write_datetime(self._row, column, value, self._format(shown))
        self._row += 1

    def _format(self, shown: str) -> Any:
        if shown not in self._formats:
            self._formats[shown] = self._book.add_format({"num_format": shown})
        return self._formats[shown]
