"""An output whose parts are the file's own text: they only need to stand one after the other."""

import shutil
from pathlib import Path

from training.tagging.interface import Output


class Joined(Output):
    """Parts that are the file's own text, one after the other."""

    def __init__(self, path: Path, head: bytes) -> None:
        self._stream = path.open("wb")
        self._stream.write(head)

    def add(self, part: Path) -> None:
        """Copy a part to the end."""
        with part.open("rb") as content:
            shutil.copyfileobj(content, self._stream, 1 << 20)

    def __exit__(self, *_error: object) -> None:
        """Finish the file."""
        self._stream.close()
