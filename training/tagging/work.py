"""One chunk of a job, in whatever process: read its rows, label them, write a part file."""

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import local

from model import artifact
from model.batch import Labeller
from model.city import read_city
from model.renames import with_new_names
from training.errors import DataError
from training.tagging.chunks import Chunk
from training.tagging.columns import answers
from training.tagging.interface import Reader, Writer
from training.tagging.parts import new_part
from training.tagging.summary import Counts


@dataclass(frozen=True)
class Task:
    """What a process needs to know of a job; plain data."""

    source: Path
    reader: Reader
    writer: Writer
    model: Path
    parts: Path


class Bench:
    """What a thread works with, made once: the model and the department of each sector."""

    def __init__(self, model: Path) -> None:
        self.model = model
        city = read_city()
        classifier = with_new_names(artifact.load(model), city.labels)
        self.version = classifier.version
        self.labeller = Labeller(classifier)
        self.departments = {sector: d.code for d in city.departments.values() for sector in d.sectors}


_kept = local()


def bench(model: Path) -> Bench:
    """This thread's bench with this model."""
    found: Bench | None = getattr(_kept, "bench", None)
    if found is None or found.model != model:
        found = _kept.bench = Bench(model)
    return found


@contextmanager
def without_collector() -> Iterator[None]:
    """Rows are many small objects without cycles: walking over them again and again takes longer than reading them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@without_collector()
def work(task: Task, chunk: Chunk) -> Counts:
    """Tag one chunk. Its part file appears whole or not at all, after the file with its counts.

    Raises
    ------
    DataError
        A row cannot be written as the output wants it; the message names file and row.
    """
    tools = bench(task.model)
    batch = task.reader.read(chunk)
    found = answers(tools.labeller.label(batch.texts), batch.notes, tools.departments, tools.version)
    columns = found.columns
    counts = Counts(
        rows=len(batch.texts),
        review=sum(columns["needs_review"]),
        sectors=Counter(filter(None, columns["sector"])),
        urgencies=Counter(filter(None, columns["urgency"])),
        notes=Counter(filter(None, batch.notes)),
    )
    with new_part(task.parts, chunk, counts) as path:
        try:
            task.writer.part(path, task.reader, batch, found)
        except DataError as error:
            raise DataError(f"{task.source}, {error}") from error
    return counts
