"""The folder of part files beside the output: what makes a killed job go on where it was.

OUT.parts/state.json    what the parts were made from: input, model, options
OUT.parts/000012.part   one chunk's rows; it appears whole, after
OUT.parts/000012.json   what was counted in it, and its size
OUT.parts/input.*       the unpacked form of an input that cannot be read at any place
OUT.parts/whole         the output while it is put together
"""

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from training.errors import DataError
from training.tagging.chunks import Chunk
from training.tagging.summary import Counts

STATE = "state.json"
FORMAT = 1
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


def begin(folder: Path, state: dict[str, Any]) -> None:
    """Make the folder, or take up an earlier run's; parts of another input, model or option are thrown away.

    Raises
    ------
    DataError
        The folder holds something else.
    """
    if folder.exists():
        if _same(_read(folder), state):
            for left in folder.glob("*.tmp"):
                left.unlink()
            return
        shutil.rmtree(folder)
    folder.mkdir()
    _write_json(folder / STATE, state)


def leave(folder: Path) -> None:
    """After an error: keep the folder for the next run if it holds a part."""
    if next(folder.glob("*.part"), None) is None:
        shutil.rmtree(folder)


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


def _read(folder: Path) -> Any:
    """The state of the folder; None where a run was killed before it wrote one."""
    try:
        return json.loads((folder / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        pass
    if all(path.suffix == ".tmp" for path in folder.iterdir()):
        return None
    raise DataError(f"{folder} is needed for the parts of the output and holds something else; move it away")


def _same(found: Any, state: dict[str, Any]) -> bool:
    """Whether parts can be used again; a copy of the input with another date is the same input."""
    if not isinstance(found, dict) or "input" not in found:
        return False
    found["input"]["mtime_ns"] = state["input"]["mtime_ns"]
    return bool(found == state)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    written = path.with_name(f"{uuid4().hex}.tmp")
    written.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    written.replace(path)
