"""Parquet: the input's columns keep their types; columns from another format are text."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import local
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from training.errors import DataError
from training.tagging import chunks
from training.tagging.chunks import Chunk
from training.tagging.columns import TYPES, Answers
from training.tagging.interface import NOT_UTF8, Batch, Output, Reader, Writer, text_column_at, without_text
from training.tagging.values import as_text

GROUP_ROWS = 1 << 16
"""Rows of a row group of the output, at least."""

READ_BUFFER = 1 << 20
"""Bytes read at once of each column: a row group is never in memory as a whole."""


@dataclass(frozen=True)
class ParquetReader(Reader):
    """A Parquet file. ``schema`` is its Arrow schema."""

    path: Path
    columns: list[str]
    rows: int
    text_at: int
    schema: pa.Schema

    def chunks(self) -> Iterator[Chunk]:
        """Chunks of rows, whatever the row groups are."""
        size = chunks.CHUNK_ROWS
        for index, first in enumerate(range(0, self.rows, size)):
            yield Chunk(index, first, min(size, self.rows - first))

    def expected_rows(self, chunk: Chunk) -> int:  # noqa: ARG002 - the file says it
        """As many as the file says."""
        return self.rows

    def read(self, chunk: Chunk) -> Batch:
        """The rows of a chunk; ``source`` is an Arrow table."""
        with _readable(self.path):
            table = _stream(self.path, chunk.first).take(chunk)
        found = _values(pc.cast(table.column(self.text_at), pa.string()))
        notes = [NOT_UTF8 if isinstance(text, bytes) else without_text(text or "") for text in found]
        texts = [text.decode("cp1252", "replace") if isinstance(text, bytes) else text or "" for text in found]
        return Batch(chunk.first, texts, notes, table)

    def cells(self, batch: Batch) -> list[list[Any]]:
        """The values of each row as Python has them."""
        return [list(row) for row in zip(*map(_values, batch.source.columns), strict=True)]


def open_parquet(path: Path, text_column: str) -> ParquetReader:
    """Read the schema.

    Raises
    ------
    DataError
        It is no Parquet file, or its text column is missing or holds neither text nor numbers.
    """
    with _readable(path), pq.ParquetFile(path) as file:
        schema, rows = file.schema_arrow, file.metadata.num_rows
    at = text_column_at(path, text_column, schema.names)
    kind = schema.field(at).type
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (_is_text(plain) or pa.types.is_null(plain) or pa.types.is_integer(plain) or pa.types.is_floating(plain)):
        raise DataError(f"{path}, column {text_column!r}: holds {kind}, not text; choose another by --text-column")
    return ParquetReader(path, schema.names, rows, at, schema)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        reason = " ".join(str(error).split())
        raise DataError(f"{path}: cannot be read as Parquet, it may be damaged ({reason}); get it anew") from error


def _values(column: pa.ChunkedArray) -> list[Any]:
    """A column as Python has it; ``bytes`` where its text is no UTF-8, which Parquet does not check."""
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        return [_decoded(value) for value in pc.cast(column, pa.binary()).to_pylist()]


def _decoded(content: bytes | None) -> str | bytes | None:
    try:
        return content if content is None else content.decode("utf-8")
    except UnicodeDecodeError:
        return content


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


class _Stream:
    """Rows of a file from a row group's first row on, forward only."""

    def __init__(self, path: Path, first: int) -> None:
        self.path, self._status = path, path.stat()
        self._file = pq.ParquetFile(path, buffer_size=READ_BUFFER, pre_buffer=False)
        sizes = [self._file.metadata.row_group(i).num_rows for i in range(self._file.num_row_groups)]
        group, self.at = 0, 0
        while self.at + sizes[group] <= first:
            self.at += sizes[group]
            group += 1
        self.end = self.at + sizes[group]
        groups = list(range(group, len(sizes)))
        self._batches = self._file.iter_batches(chunks.CHUNK_ROWS, row_groups=groups, use_threads=False)
        self._batch: pa.RecordBatch | None = None

    def reaches(self, path: Path, first: int) -> bool:
        """Whether these rows can be had from here without walking over whole row groups."""
        return (path, path.stat()) == (self.path, self._status) and self.at <= first < self.end + chunks.CHUNK_ROWS

    def take(self, chunk: Chunk) -> pa.Table:
        """The rows of a chunk that is not behind."""
        found: list[pa.RecordBatch] = []
        missing = chunk.rows
        while missing:
            batch = self._batch if self._batch is not None else next(self._batches)
            skipped = min(max(0, chunk.first - self.at), batch.num_rows)
            taken = min(missing, batch.num_rows - skipped)
            if taken:
                found.append(batch.slice(skipped, taken))
            left = batch.slice(skipped + taken)
            self._batch = left if left.num_rows else None
            self.at += skipped + taken
            missing -= taken
        self.end = max(self.end, self.at)
        return pa.Table.from_batches(found)


_kept = local()


def _stream(path: Path, first: int) -> _Stream:
    """The stream of this thread, or a new one where it does not reach."""
    stream: _Stream | None = getattr(_kept, "stream", None)
    if stream is None or not stream.reaches(path, first):
        stream = _kept.stream = _Stream(path, first)
    return stream


@dataclass(frozen=True)
class ParquetWriter(Writer):
    """Parquet with the columns of ``schema`` and those that are added."""

    schema: pa.Schema
    names: list[str]

    def part(self, path: Path, reader: Reader, batch: Batch, answers: Answers) -> None:
        """The rows of a batch as an Arrow file, which is soonest read again."""
        if isinstance(reader, ParquetReader):
            columns = batch.source.columns
        else:
            rows = reader.cells(batch)
            columns = [_texts([row[i] for row in rows]) for i in range(len(self.schema))]
        columns = [*columns, *map(pa.array, answers.columns.values(), self._added_types())]
        table = pa.table(columns, schema=self._whole_schema())
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)

    def output(self, path: Path) -> Output:
        """A Parquet file with row groups of about ``GROUP_ROWS``."""
        return _ParquetOutput(path, self._whole_schema())

    def _added_types(self) -> list[pa.DataType]:
        return [pa.type_for_alias(kind) for kind in TYPES]

    def _whole_schema(self) -> pa.Schema:
        schema = self.schema
        for name, kind in zip(self.names, self._added_types(), strict=True):
            schema = schema.append(pa.field(name, kind))
        return schema


def text_schema(columns: list[str]) -> pa.Schema:
    """All columns as text."""
    return pa.schema([(column, pa.string()) for column in columns])


def _texts(values: list[Any]) -> pa.Array:
    return pa.array([None if value is None else as_text(value) for value in values], pa.string())


class _ParquetOutput(Output):
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(path, schema)
        self._waiting: list[pa.Table] = []

    def add(self, part: Path) -> None:
        """Add a part; rows wait until a row group is full."""
        with pa.memory_map(str(part)) as source:
            self._waiting.append(pa.ipc.open_file(source).read_all())
        if sum(table.num_rows for table in self._waiting) >= GROUP_ROWS:
            self._write_group()

    def __exit__(self, *_error: object) -> None:
        """Write the rest and the footer."""
        if self._waiting:
            self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        table = pa.concat_tables(self._waiting)
        self._waiting = []
        self._writer.write_table(table, row_group_size=table.num_rows)
