"""Where an archive is cut: by its own rows and bytes only, so that the parts are the same on any machine."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

CHUNK_ROWS = 10_000
"""Rows of a chunk: enough for the batch labelling to pay, 2 MB of usual complaints."""

CHUNK_BYTES = 8 << 20
"""A chunk of longer rows ends once it has so many bytes."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive rows of a file.

    ``first`` is the number of rows before it. ``start`` and ``size`` say where it lies in a file of lines, in bytes.
    """

    index: int
    first: int
    rows: int
    start: int = 0
    size: int = 0


def cut(sizes: Iterable[int], start: int) -> Iterator[Chunk]:
    """Chunks of rows that follow each other from byte ``start`` on and have the given sizes in bytes."""
    index = first = rows = length = 0
    for size in sizes:
        rows += 1
        length += size
        if rows == CHUNK_ROWS or length >= CHUNK_BYTES:
            yield Chunk(index, first, rows, start, length)
            index, first, start = index + 1, first + rows, start + length
            rows = length = 0
    if rows:
        yield Chunk(index, first, rows, start, length)
