"""CSV files: every input cell comes out byte for byte as it went in."""

import csv
import gzip
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from training.errors import DataError
from training.tagging.chunks import Chunk, cut
from training.tagging.columns import Answers
from training.tagging.csv_text import Row, find_header, row_sizes, split_rows
from training.tagging.interface import (
    BROKEN_QUOTES,
    NOT_UTF8,
    TOO_FEW,
    TOO_MANY,
    Batch,
    Output,
    Reader,
    Writer,
    check_not_utf16,
    text_column_at,
    without_text,
)
from training.tagging.joined import Joined
from training.tagging.values import as_text

BLOCK = 4 << 20
HEAD = 64 << 10
_FORMULA = re.compile("'*[=+\\-@\t\r]")
BOM = "\xef\xbb\xbf"


class CsvRow(NamedTuple):
    """A row and its cells, as many as there are columns; ``as_it_was``: its text may be written again unchanged."""

    row: Row
    cells: list[str]
    as_it_was: bool


@dataclass(frozen=True)
class CsvReader(Reader):
    """A CSV file whose dialect is known."""

    path: Path
    columns: list[str]
    size: int
    text_at: int
    delimiter: str
    encoding: str
    header: Row
    """The header as it is in the file, with its BOM."""

    def chunks(self) -> Iterator[Chunk]:
        """Chunks of whole rows; their places are in bytes."""
        start = len(self.header.body + self.header.tail)
        return cut(row_sizes(self._pieces(start), self.delimiter), start)

    def expected_rows(self, chunk: Chunk) -> int:
        """As many as if the rest were like the rows up to here."""
        return round((chunk.first + chunk.rows) * self.size / (chunk.start + chunk.size))

    def read(self, chunk: Chunk) -> Batch:
        """The rows of a chunk; ``source`` is a list of ``CsvRow``."""
        with self.path.open("rb") as stream:
            stream.seek(chunk.start)
            piece = stream.read(chunk.size).decode("latin-1")
        batch = Batch(chunk.first, [], [], [])
        for row in split_rows(piece, self.delimiter):
            cells, note = self._whole(row)
            text, is_right = self._decoded(cells[self.text_at])
            batch.texts.append(text)
            batch.notes.append(note or ("" if is_right else NOT_UTF8) or without_text(text))
            batch.source.append(CsvRow(row, cells, note in ("", TOO_FEW)))
        return batch

    def cells(self, batch: Batch) -> list[list[Any]]:
        """The cells as text, just as they read."""
        return [[self._decoded(cell)[0] for cell in row.cells] for row in batch.source]

    def _pieces(self, start: int) -> Iterator[str]:
        with self.path.open("rb") as stream:
            stream.seek(start)
            while block := stream.read(BLOCK) + stream.readline():
                yield block.decode("latin-1")

    def _whole(self, row: Row) -> tuple[list[str], str]:
        """As many cells as columns, and what was wrong. Surplus cells go into the last column, as they were."""
        cells, note, width = row.cells, "", len(self.columns)
        if cells is None:
            cells, note = row.body.split(self.delimiter), BROKEN_QUOTES
        if len(cells) < width:
            return cells + [""] * (width - len(cells)), note or TOO_FEW
        if len(cells) > width:
            return [*cells[: width - 1], self.delimiter.join(cells[width - 1 :])], note or TOO_MANY
        return cells, note

    def _decoded(self, cell: str) -> tuple[str, bool]:
        """A cell's text, and whether it was in the file's encoding."""
        if cell.isascii():
            return cell, True
        content = cell.encode("latin-1")
        if self.encoding == "cp1252":
            return content.decode("cp1252", "replace"), True
        if _is_utf8(content):
            return content.decode("utf-8"), True
        return content.decode("cp1252", "replace"), False


def open_csv(path: Path, text_column: str, name: Path) -> CsvReader:
    """Look through a CSV file once: delimiter, encoding, header. ``name``: the file in error messages.

    Raises
    ------
    DataError
        It is empty or UTF-16, or it has no such column, or two of them.
    """
    check_not_utf16(path, name)
    encoding = _encoding(path)
    with path.open("rb") as stream:
        head = (stream.read(HEAD) + stream.readline()).decode("latin-1")
    if not head.strip("\r\n"):
        raise DataError(f"{name}: no header; expected the names of the columns in the first line")
    bom = BOM if head.startswith(BOM) else ""
    wanted = text_column.encode(encoding, "replace").decode("latin-1")
    delimiter, row = find_header(head.removeprefix(bom), lambda cell: cell == wanted)
    cells = row.cells or row.body.split(delimiter)
    columns = [cell.encode("latin-1").decode(encoding, "replace") for cell in cells]
    return CsvReader(
        path=path,
        columns=columns,
        size=path.stat().st_size,
        text_at=text_column_at(name, text_column, columns),
        delimiter=delimiter,
        encoding=encoding,
        header=Row(bom + row.body, row.tail, row.cells),
    )


def _encoding(path: Path) -> str:
    """UTF-8, or cp1252 where nothing beyond ASCII is UTF-8."""
    is_other = False
    with path.open("rb") as stream:
        while block := stream.read(BLOCK) + stream.readline():
            if block.isascii():
                continue
            if _is_utf8(block) or any(_is_utf8(line) for line in block.split(b"\n") if not line.isascii()):
                return "utf-8"
            is_other = True
    return "cp1252" if is_other else "utf-8"


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True)
class CsvWriter(Writer):
    """CSV with the header, delimiter, encoding and line ends of CSV input, else comma, UTF-8 and LF."""

    columns: list[str]
    names: list[str]
    packed: bool
    delimiter: str = ","
    encoding: str = "utf-8"
    header: Row | None = None
    escape_formulas: bool = False
    """Whether text that a spreadsheet would run as a formula gets an apostrophe before it."""

    def part(self, path: Path, reader: Reader, batch: Batch, answers: Answers) -> None:
        """The rows of a batch; a row of CSV input stays as it was, with the answers behind it."""
        review = ["true" if value else "false" for value in answers.columns["needs_review"]]
        added = self._lines(zip(*(answers.columns | {"needs_review": review}).values(), strict=True))
        if isinstance(reader, CsvReader):
            lines = [self._carried(row, more) for row, more in zip(batch.source, added, strict=True)]
            content = "".join(lines).encode("latin-1")
        else:
            cells = self._lines([self._harmless(map(_plain, row)) for row in reader.cells(batch)])
            lines = [f"{row}{self.delimiter}{more}\n" for row, more in zip(cells, added, strict=True)]
            content = "".join(lines).encode("utf-8")
        path.write_bytes(self._packed(content))

    def output(self, path: Path) -> Output:
        """A file that begins with the header; packed parts are packed members, one after the other."""
        (names,) = self._lines([self.names])
        if self.header is None:
            (columns,) = self._lines([self._harmless(self.columns)])
            return Joined(path, self._packed(f"{columns}{self.delimiter}{names}\n".encode()))
        (columns,) = self._lines([self._harmless(self.columns)])
        kept = self.header.body if self._harmless(self.columns) == self.columns else self._in_bytes(columns)
        line = kept + self.delimiter + self._in_bytes(names) + (self.header.tail or "\n")
        return Joined(path, self._packed(line.encode("latin-1")))

    def _carried(self, row: CsvRow, more: str) -> str:
        tail = row.row.tail or self._line_end
        cells = self._harmless(row.cells)
        if row.row.cells is None or not row.as_it_was or cells != row.cells:
            return f"{self._lines([cells])[0]}{self.delimiter}{self._in_bytes(more)}{tail}"
        missing = self.delimiter * (len(self.columns) - len(row.row.cells))
        return f"{row.row.body}{missing}{self.delimiter}{self._in_bytes(more)}{tail}"

    def _harmless(self, cells: Iterable[Any]) -> list[Any]:
        """The cells, escaped if wanted; one apostrophe less gives the text back."""
        if not self.escape_formulas:
            return list(cells)
        return [f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell for cell in cells]

    def _in_bytes(self, text: str) -> str:
        """Text as the file's bytes, one character a byte."""
        return text if text.isascii() else text.encode(self.encoding, "replace").decode("latin-1")

    def _lines(self, rows: Iterable[Sequence[Any]]) -> list[str]:
        """Rows as CSV without their line ends."""
        lines = _Lines()
        csv.writer(lines, delimiter=self.delimiter, lineterminator="\r\n").writerows(rows)
        return [line[:-2] for line in lines]

    @property
    def _line_end(self) -> str:
        return "\r\n" if self.header and self.header.tail.startswith("\r") else "\n"

    def _packed(self, content: bytes) -> bytes:
        return gzip.compress(content, compresslevel=6, mtime=0) if self.packed else content


class _Lines(list[str]):
    """Where ``csv`` writes rows: it hands each over as a whole."""

    write = list.append


def _plain(value: Any) -> Any:
    """A value as CSV shows it; ``csv`` itself knows text, numbers and None."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float | None):
        return value
    return as_text(value)
