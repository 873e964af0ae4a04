"""What readers and writers of all formats have in common, and the reasons for bad rows."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.errors import DataError
from training.tagging.chunks import Chunk
from training.tagging.columns import Answers

NO_TEXT = "teks_kosong"
NOT_TEXT = "bukan_teks"
NOT_UTF8 = "bukan_utf8"
NOT_JSON = "bukan_json"
BROKEN_QUOTES = "kutip_rusak"
TOO_FEW = "kolom_kurang"
TOO_MANY = "kolom_lebih"
"""Reasons in the column ``tag_note``: no message; a message that is no text; bytes that are no UTF-8 in a file
that else is; a line that is no JSON object; quotes that do not close; fewer or more cells than the header."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one chunk: their messages and their notes, "" for a good row."""

    first: int
    """The number of rows before it."""

    texts: list[str]
    notes: list[str]
    source: Any
    """The rows in the format's own form: a writer of the same format keeps them as they are."""


class Reader(ABC):
    """A file of complaints. Plain data that travels to other processes; opens its file where it is used."""

    path: Path
    columns: list[str]
    """Names of the columns in order."""

    @abstractmethod
    def expected_rows(self, chunk: Chunk) -> int:
        """How many rows the file has, as far as it can be told at this chunk: for the time left."""

    @abstractmethod
    def chunks(self) -> Iterator[Chunk]:
        """The chunks in order, found while the file is walked through."""

    @abstractmethod
    def read(self, chunk: Chunk) -> Batch:
        """The rows of one chunk."""

    @abstractmethod
    def cells(self, batch: Batch) -> list[list[Any]]:
        """The cells of each row, as long as ``columns``, for a writer of another format."""


class Output(AbstractContextManager["Output"]):
    """A file that is put together from the parts of a ``Writer``, whole once the context ends without an error."""

    @abstractmethod
    def add(self, part: Path) -> None:
        """Add the next part."""


class Writer(ABC):
    """One format of the output. Plain data that travels to other processes."""

    def accepted(self, reader: Reader, chunks: Iterator[Chunk]) -> Iterator[Chunk]:  # noqa: ARG002 - most take any
        """The chunks of a reader, unless the format cannot hold them.

        Raises
        ------
        DataError
            They are too many.
        """
        return chunks

    @abstractmethod
    def part(self, path: Path, reader: Reader, batch: Batch, answers: Answers) -> None:
        """Write one chunk's rows, in whatever form is soonest put together."""

    @abstractmethod
    def output(self, path: Path) -> Output:
        """Begin the whole file."""


def without_text(text: str) -> str:
    """The note of a row by its message: ``NO_TEXT`` for an empty one, else ""."""
    return "" if text and not text.isspace() else NO_TEXT


def check_not_utf16(path: Path, name: Path) -> None:
    """Files of lines are UTF-8 or cp1252. ``name``: the file in the error message.

    Raises
    ------
    DataError
        Its first characters take two bytes or four.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in head:
        raise DataError(f"{name}: the file is UTF-16 or UTF-32; save it as UTF-8 (Excel: CSV UTF-8)")


def text_column_at(path: Path, text_column: str, columns: list[str]) -> int:
    """Where the messages are.

    Raises
    ------
    DataError
        There is no such column, or more than one.
    """
    if text_column not in columns:
        raise DataError(
            f"{path}: no column {text_column!r} in its first row; choose the one with the messages by --text-column: "
            + ", ".join(map(repr, columns))
        )
    if columns.count(text_column) > 1:
        raise DataError(f"{path}, row 1: {columns.count(text_column)} columns are named {text_column!r}; rename one")
    return columns.index(text_column)
