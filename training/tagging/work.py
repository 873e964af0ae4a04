"""One chunk of a job, in whatever process: read its rows, label them, write a part file."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from model import artifact
from model.batch import label
from model.city import read_city
from model.classifier import Classifier
from training.tagging.chunks import Chunk
from training.tagging.columns import answers
from training.tagging.interface import Reader, Writer
from training.tagging.parts import new_part
from training.tagging.summary import Counts


@dataclass(frozen=True)
class Task:
    """What a process needs to know of a job; plain data."""

    reader: Reader
    writer: Writer
    model: Path
    parts: Path


@lru_cache(maxsize=1)
def bench(model: Path) -> tuple[Classifier, dict[str, str]]:
    """The model and the department of each sector, loaded once a process."""
    return artifact.load(model), {sector: d.code for d in read_city().departments.values() for sector in d.sectors}


def work(task: Task, chunk: Chunk) -> Counts:
    """Tag one chunk. Its part file appears whole or not at all, after the file with its counts."""
    classifier, departments = bench(task.model)
    batch = task.reader.read(chunk)
    found = answers(label(classifier, batch.texts), batch.notes, departments, classifier.version)
    columns = found.columns
    counts = Counts(
        rows=len(batch.texts),
        review=sum(columns["needs_review"]),
        sectors=Counter(filter(None, columns["sector"])),
        urgencies=Counter(filter(None, columns["urgency"])),
        notes=Counter(filter(None, batch.notes)),
    )
    with new_part(task.parts, chunk, counts) as path:
        task.writer.part(path, task.reader, batch, found)
    return counts
