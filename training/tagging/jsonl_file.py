"""JSON Lines: one object a line; what a line holds comes out as it was written, with the answers behind it.

A line that is no object comes out as an object with the whole line under the text column's name.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.errors import DataError
from training.tagging.chunks import Chunk
from training.tagging.columns import Answers
from training.tagging.interface import (
    NOT_JSON,
    NOT_TEXT,
    NOT_UTF8,
    Batch,
    Output,
    Reader,
    Writer,
    check_not_utf16,
    without_text,
)
from training.tagging.joined import Joined
from training.tagging.lines import line_chunks, lines_of
from training.tagging.values import as_text

BOM = b"\xef\xbb\xbf"
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class JsonLine:
    """A line as UTF-8 text without its end, and what it holds; ``None`` where that is no object."""

    text: str
    end: str
    found: dict[str, Any] | None


@dataclass(frozen=True)
class JsonlReader(Reader):
    """A JSON Lines file. ``columns``: all keys, where another format needs them, else those of the first lines."""

    path: Path
    columns: list[str]
    size: int
    text_column: str

    def chunks(self) -> Iterator[Chunk]:
        """Chunks of lines; blank ones are no rows."""
        return line_chunks(self.path)

    def expected_rows(self, chunk: Chunk) -> int:
        """As many as if the rest were like the rows up to here."""
        return round((chunk.first + chunk.rows) * self.size / (chunk.start + chunk.size))

    def read(self, chunk: Chunk) -> Batch:
        """The rows of a chunk; ``source`` is a list of ``JsonLine``."""
        batch = Batch(chunk.first, [], [], [])
        for raw in lines_of(self.path, chunk):
            line, note = _parsed(raw)
            text, text_note = (line.text, "") if line.found is None else _text(line.found.get(self.text_column))
            batch.texts.append(text)
            batch.notes.append(note or text_note)
            batch.source.append(line)
        return batch

    def cells(self, batch: Batch) -> list[list[Any]]:
        """The values of all keys; ``None`` where a line lacks one."""
        rows = [{self.text_column: line.text} if line.found is None else line.found for line in batch.source]
        return [[_sound(row.get(column)) for column in self.columns] for row in rows]


def open_jsonl(path: Path, text_column: str, all_keys: bool) -> JsonlReader:
    """Look for the text column, and for all keys if they are needed.

    Raises
    ------
    DataError
        No line has the text column.
    """
    check_not_utf16(path, path)
    keys: dict[str, None] = {}
    with path.open("rb") as stream:
        for raw in stream:
            keys.update(dict.fromkeys(_parsed(raw)[0].found or ()))
            if text_column in keys and not all_keys:
                break
    if text_column not in keys:
        raise DataError(
            f"{path}: no line has a key {text_column!r}; choose the one with the messages by --text-column: "
            + (", ".join(map(repr, keys)) or "no line is a JSON object")
        )
    return JsonlReader(path, list(keys), path.stat().st_size, text_column)


def _parsed(raw: bytes) -> tuple[JsonLine, str]:
    """A line and what is wrong with it."""
    note = ""
    try:
        text = raw.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError:
        text, note = raw.decode("cp1252", "replace"), NOT_UTF8
    end = "\r\n" if text.endswith("\r\n") else "\n"
    text = text.strip()
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return JsonLine(text, end, found), note
    return JsonLine(text, end, None), NOT_JSON


def _text(value: Any) -> tuple[str, str]:
    """A message and what is wrong with it; a number is read as it is written."""
    if value is None or isinstance(value, str):
        return _sound(value) or "", without_text(value or "")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return as_text(value), "" if is_number else NOT_TEXT


def _sound(value: Any) -> Any:
    """A value as other formats can hold it: lists and objects as JSON text, no halves of characters."""
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    return _SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value


@dataclass(frozen=True)
class JsonlWriter(Writer):
    """JSON Lines, UTF-8."""

    columns: list[str]
    names: list[str]
    text_column: str

    def part(self, path: Path, reader: Reader, batch: Batch, answers: Answers) -> None:
        """The rows of a batch; a line of JSON Lines input stays as it was, with the answers behind it."""
        added = [dict(zip(self.names, row, strict=True)) for row in answers.rows()]
        if isinstance(reader, JsonlReader):
            pairs = enumerate(zip(batch.source, added, strict=True), start=batch.first + 1)
            lines = [self._carried(number, line, more) for number, (line, more) in pairs]
        else:
            rows = zip(reader.cells(batch), added, strict=True)
            lines = [_dumped(dict(zip(self.columns, cells, strict=True)) | more) + "\n" for cells, more in rows]
        path.write_text("".join(lines), encoding="utf-8", newline="")

    def output(self, path: Path) -> Output:
        """A file that has no head."""
        return Joined(path, b"")

    def _carried(self, number: int, line: JsonLine, more: dict[str, Any]) -> str:
        if line.found is None:
            return _dumped({self.text_column: line.text} | more) + line.end
        if clash := next((name for name in self.names if name in line.found), None):
            raise DataError(f"row {number}: there is a key {clash!r} already; use another --prefix, such as model_")
        comma = ", " if line.found else ""
        return line.text[:-1].rstrip() + comma + _dumped(more)[1:] + line.end


def _dumped(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, default=as_text)
