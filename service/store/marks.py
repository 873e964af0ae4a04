"""Marks that requests set while they run: all processes on the machine see them, and a dead process leaves none."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import BinaryIO

try:
    import fcntl
except ModuleNotFoundError:  # Windows, where the service runs as one process
    fcntl = None  # type: ignore[assignment]


class Marks:
    """Names that are held, each by one request at a time.

    Threads see one another's by a set, processes by a lock on one byte of a file, which the system takes back from a
    process that ends. The file stays empty: a lock needs no byte to be there.
    """

    def __init__(self, path: Path | None) -> None:
        """``path``: of the file; None where processes need not see one another's marks here."""
        self._path = path if fcntl else None
        self._file: BinaryIO | None = None
        self._held: set[int] = set()
        self._lock = Lock()

    @contextmanager
    def hold(self, name: str) -> Iterator[bool]:
        """Hold a name for the block; False, and nothing is held, when another request holds it already."""
        place = int.from_bytes(hashlib.sha256(name.encode()).digest()[:7], "big")
        with self._lock:
            if self._path and not self._file:
                self._file = self._path.open("ab")
            mine = place not in self._held
            self._held.add(place)
        if not mine:
            yield False
            return
        try:
            if not self._take(place):
                yield False
                return
            try:
                yield True
            finally:
                self._give(place)
        finally:
            with self._lock:
                self._held.discard(place)

    def close(self) -> None:
        """Give everything back."""
        if self._file:
            self._file.close()
            self._file = None

    def _take(self, place: int) -> bool:
        if self._file:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            except (BlockingIOError, PermissionError):
                return False
        return True

    def _give(self, place: int) -> None:
        if self._file:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)
