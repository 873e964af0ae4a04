"""The folder of part files beside the output: what makes a killed job go on where it was.

OUT.parts/lock          held by the run that works in the folder; the system lets it go when that ends, however it ends
OUT.parts/state.json    what the parts were made from: input, model, options
OUT.parts/000012.part   one chunk's rows; it appears whole, after
OUT.parts/000012.json   what was counted in it, and its size
OUT.parts/input.*       the unpacked form of an input that cannot be read at any place
OUT.parts/whole         the output while it is put together
"""

import hashlib
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from training.errors import DataError
from training.tagging.chunks import Chunk
from training.tagging.summary import Counts

STATE = "state.json"
LOCK = "lock"
WHOLE = "whole"
"""Names of its files; the whole is the output while it is put together."""

FORMAT = 2
"""Raised when parts change their meaning."""


def folder_of(target: Path) -> Path:
    """The folder of an output's parts."""
    return target.with_name(f"{target.name}.parts")


def state_of(source: Path, options: dict[str, Any]) -> dict[str, Any]:
    """What parts are made from: two equal states mean equal parts."""
    status = source.stat()
    with source.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {
        "format": FORMAT,
        "input": {"name": source.name, "size": status.st_size, "mtime_ns": status.st_mtime_ns, "sha256": digest},
        "options": options,
    }


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Work in the folder with no other run in it; it is made if needed, and removed unless a part is left in it.

    Raises
    ------
    DataError
        Another run is at work in it, or it holds something else.
    """
    folder.mkdir(exist_ok=True)
    _check_ours(folder)
    with (folder / LOCK).open("a") as stream:
        try:
            _lock(stream.fileno())
        except (BlockingIOError, PermissionError) as error:
            raise DataError(
                f"{folder}: another run of this command is at work on the same OUT; wait for it, or choose another OUT"
            ) from error
        try:
            yield
        finally:
            _clear(folder, _is_done)
            if next(folder.glob("*.part"), None) is None:
                if os.name == "nt":  # removes no file that is open
                    stream.close()
                shutil.rmtree(folder)


def begin(folder: Path, state: dict[str, Any]) -> None:
    """Take up an earlier run's parts; those of another input, model or option are thrown away."""
    _clear(folder, _is_done if _same(_read(folder), state) else lambda _: False)
    _write_json(folder / STATE, state)


def finish(folder: Path, target: Path) -> None:
    """Give the whole output its name, once it is safe on the disk; the parts are needed no more."""
    with (folder / WHOLE).open("rb+") as stream:
        os.fsync(stream.fileno())
    (folder / WHOLE).replace(target)
    _clear(folder, lambda _: False)


def check_unchanged(source: Path, state: dict[str, Any]) -> None:
    """The input is still what it was at the start.

    Raises
    ------
    DataError
        Its size or date is another.
    """
    status = source.stat()
    if (status.st_size, status.st_mtime_ns) != (state["input"]["size"], state["input"]["mtime_ns"]):
        raise DataError(f"{source}: the file changed while it was read; run the same command again")


def done(folder: Path, chunk: Chunk) -> Counts | None:
    """What an earlier run counted in this chunk, if it finished it."""
    part = part_path(folder, chunk)
    try:
        found = json.loads(part.with_suffix(".json").read_text(encoding="utf-8"))
        if part.stat().st_size != found["bytes"]:
            return None
    except (OSError, ValueError, KeyError):
        return None
    return Counts(found["rows"], found["review"], *(Counter(found[name]) for name in ("sectors", "urgencies", "notes")))


def part_path(folder: Path, chunk: Chunk) -> Path:
    """Where a chunk's rows are kept until the whole is put together."""
    return folder / f"{chunk.index:06d}.part"


@contextmanager
def new_part(folder: Path, chunk: Chunk, counts: Counts) -> Iterator[Path]:
    """A path to write a part to; it takes its name once it is written, after what was counted."""
    part = part_path(folder, chunk)
    written = folder / f"{uuid4().hex}.tmp"
    yield written
    _write_json(part.with_suffix(".json"), vars(counts) | {"bytes": written.stat().st_size})
    written.replace(part)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(file).st_nlink == 0:
            raise BlockingIOError(f"{LOCK} was removed by a run that ended just now")


def _check_ours(folder: Path) -> None:
    if not all(path.name in (STATE, LOCK) or path.suffix == ".tmp" for path in folder.iterdir()) and not _read(folder):
        raise DataError(f"{folder} is needed for the parts of the output and holds something else; move it away")


def _is_done(path: Path) -> bool:
    return path.suffix in (".part", ".json")


def _clear(folder: Path, is_kept: Callable[[Path], bool]) -> None:
    """Remove all files but the lock and those to keep."""
    for path in folder.iterdir():
        if path.name != LOCK and not is_kept(path):
            path.unlink(missing_ok=True)  # a worker may just give it its name


def _read(folder: Path) -> Any:
    """The state of the folder; None where a run was killed before it wrote one."""
    try:
        return json.loads((folder / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _same(found: Any, state: dict[str, Any]) -> bool:
    """Whether parts can be used again; a copy of the input with another date is the same input."""
    if not isinstance(found, dict) or "input" not in found:
        return False
    found["input"]["mtime_ns"] = state["input"]["mtime_ns"]
    return bool(found == state)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    written = path.with_name(f"{uuid4().hex}.tmp")
    written.write_text(json.dumps(content), encoding="utf-8")
    written.replace(path)
