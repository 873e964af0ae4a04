"""The whole of tagging a file: chunks to processes, parts to one output that appears when it is whole."""

import errno
import hashlib
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from tqdm import tqdm

from model import artifact
from model.city import read_city
from training.errors import DataError
from training.tagging import parts
from training.tagging.chunks import Chunk
from training.tagging.columns import NAMES
from training.tagging.executors import Submit, processes
from training.tagging.formats import ending, open_reader, open_writer
from training.tagging.interface import Output
from training.tagging.summary import Counts, as_text
from training.tagging.work import Task, without_collector


@dataclass(frozen=True)
class Options:
    """What the user asks for. ``prefix`` goes before the name of each added column."""

    text_column: str = "text"
    prefix: str = ""
    workers: int = 1
    scheduler: str | None = None
    escape_formulas: bool = False


def tag(source: Path, target: Path, models: Path, options: Options) -> str:
    """Tag a file with the promoted model; returns the summary.

    Raises
    ------
    DataError
        The input cannot be used, or another run's files are in the way.
    model.artifact.ArtifactError
        There is no usable model.
    """
    began = time.monotonic()
    if not target.parent.is_dir():
        raise DataError(f"{target}: there is no folder {target.parent}; make it or choose another")
    if target.exists() and (target.is_dir() or target.samefile(source)):
        raise DataError(f"{target}: the output needs a name of its own; choose another")
    if options.scheduler and {ending(source), ending(target)} != {".parquet"}:
        raise DataError("--scheduler takes Parquet in and out; convert IN to .parquet and name OUT so")
    source, target = source.resolve(), target.resolve()
    plan: dict[str, Any] = {"text_column": options.text_column, "prefix": options.prefix}
    plan |= {"escape_formulas": options.escape_formulas, "input": ending(source)}
    model, plan["model"] = _promoted(models)
    plan["output"] = ending(target)
    plan["city"] = hashlib.sha256(repr(read_city()).encode()).hexdigest()
    folder = parts.folder_of(target)
    with parts.held(folder), _room(folder):
        state = parts.state_of(source, plan)
        parts.begin(folder, state)
        run = _run(source, target, model, folder, options)
        parts.check_unchanged(source, state)
        parts.finish(folder, target)
    return as_text(run.counts, time.monotonic() - began, run.new_rows, str(target))


@contextmanager
def _room(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise DataError(
            f"{folder}: the disk is full ({error.strerror}); make room, twice the size of OUT at most, and run the "
            "same command again to go on where it was"
        ) from error


def _promoted(models: Path) -> tuple[Path, str]:
    """Folder and version of the promoted model."""
    folder = artifact.promoted(models)
    return folder, artifact.read_manifest(folder)["version"]


def _run(source: Path, target: Path, model: Path, folder: Path, options: Options) -> "_Run":
    """Tag all chunks and put the output together, as ``parts.WHOLE`` in the folder."""
    reader = open_reader(source, options.text_column, folder, ending(target))
    names = [options.prefix + name for name in NAMES]
    if clash := [name for name in names if name in reader.columns]:
        raise DataError(
            f"{source}: there is a column {clash[0]!r} already; put a prefix before the new ones: --prefix model_"
        )
    task = Task(
        source, reader, open_writer(target, reader, options.text_column, names, options.escape_formulas), model, folder
    )
    run = _Run(task)
    chunks = task.writer.accepted(reader, reader.chunks())
    first = list(islice(chunks, options.workers))
    with (
        _workplace(options, task, max(1, len(first))) as (submit, ahead),
        task.writer.output(folder / parts.WHOLE) as output,
        without_collector(),
    ):
        run.go(chain(first, chunks), output, submit, ahead)
    return run


@contextmanager
def _workplace(options: Options, task: Task, processes_needed: int) -> Iterator[tuple[Submit, int]]:
    if options.scheduler is None:
        with processes(processes_needed, task) as place:
            yield place
        return
    from training.cluster import connected

    with connected(options.scheduler) as client:
        from training.tagging.cluster import cluster

        with cluster(client, task) as place:
            yield place


class _Run:
    """Chunks that are under way, and those that wait for their turn in the output."""

    def __init__(self, task: Task) -> None:
        self.counts = Counts()
        self.new_rows = 0
        self._task = task
        self._under_way: dict[Future[Counts], Chunk] = {}
        self._finished: dict[int, Chunk] = {}
        self._written = 0

    def go(self, chunks: Iterable[Chunk], output: Output, submit: Submit, ahead: int) -> None:
        """Tag every chunk that no earlier run has, ``ahead`` at once, and add the parts to the output in order."""
        with tqdm(unit=" rows", unit_scale=True, disable=None, smoothing=0) as bar:
            for chunk in chunks:
                bar.total = max(self._task.reader.expected_rows(chunk), chunk.first + chunk.rows)
                if counts := parts.done(self._task.parts, chunk):
                    if not bar.disable:
                        bar.initial += chunk.rows  # the rate is that of this run
                    self._finish(chunk, counts, output, bar)
                else:
                    self._under_way[submit(self._task, chunk)] = chunk
                if len(self._under_way) >= ahead:
                    self._wait(output, bar)
            while self._under_way:
                self._wait(output, bar)

    def _wait(self, output: Output, bar: "tqdm[Any]") -> None:
        for future in wait(self._under_way, return_when=FIRST_COMPLETED).done:
            chunk = self._under_way.pop(future)
            self.new_rows += chunk.rows
            self._finish(chunk, future.result(), output, bar)

    def _finish(self, chunk: Chunk, counts: Counts, output: Output, bar: "tqdm[Any]") -> None:
        self.counts.add(counts)
        self._finished[chunk.index] = chunk
        bar.update(chunk.rows)
        while (following := self._finished.pop(self._written, None)) is not None:
            output.add(parts.part_path(self._task.parts, following))
            self._written += 1
