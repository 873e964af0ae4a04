"""Files of one row a line: where the lines are, and a piece of them."""

import io
from collections.abc import Iterator
from pathlib import Path

from training.tagging.chunks import Chunk, cut


def line_chunks(path: Path) -> Iterator[Chunk]:
    """Chunks of the lines that are not blank."""
    return cut(_sizes(path), 0)


def lines_of(path: Path, chunk: Chunk) -> list[bytes]:
    """The lines of a chunk with their ends, without blank ones."""
    with path.open("rb") as stream:
        stream.seek(chunk.start)
        return [line for line in io.BytesIO(stream.read(chunk.size)) if line.strip()]


def _sizes(path: Path) -> Iterator[int]:
    """Bytes of each line, with the blank lines before it."""
    blank = 0
    with path.open("rb") as stream:
        for line in stream:
            if line.strip():
                yield blank + len(line)
                blank = 0
            else:
                blank += len(line)
