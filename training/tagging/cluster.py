"""Chunks worked on by an existing Dask cluster: the same work as on one machine, and the same parts.

The workers need this project installed, in this version, and storage that they share with the command: they read the
input and write the parts by themselves. The model is sent once to each, also to one that joins later. What a lost
worker had under way is done again by another.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from distributed import Client, KilledWorker, WorkerPlugin, get_worker

from training.errors import DataError
from training.tagging.chunks import Chunk
from training.tagging.summary import Counts
from training.tagging.work import Task, work


class Model(WorkerPlugin):  # type: ignore[misc]
    """A model's files, without the training pipeline, for each worker's own folder."""

    def __init__(self, folder: Path) -> None:
        self.name = f"disposisi-{folder.name}"
        self._files = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".joblib"}

    def setup(self, worker: Any) -> None:
        """Write the files; the worker's folder goes when it ends."""
        folder = Path(worker.local_directory) / self.name
        folder.mkdir(exist_ok=True)
        for name, content in self._files.items():
            (folder / name).write_bytes(content)


@contextmanager
def cluster(client: Client, task: Task) -> Iterator[tuple[Callable[[Task, Chunk], Future[Counts]], int]]:
    """How a chunk is handed to the cluster, and how many it wants to have at once.

    Raises
    ------
    DataError
        Several workers died of one chunk.
    """
    model = Model(task.model)
    client.register_plugin(model, name=model.name)
    executor = client.get_executor(pure=False)
    try:
        yield (
            lambda task, chunk: executor.submit(work_there, task, chunk, model.name),
            2 * sum(client.nthreads().values()),
        )
    except KilledWorker as error:
        raise DataError(f"several workers died of one chunk, perhaps for want of memory ({error})") from error
    finally:
        executor.shutdown(wait=False)
        client.unregister_worker_plugin(model.name)


def work_there(task: Task, chunk: Chunk, model: str) -> Counts:
    """``work`` on a worker of the cluster, with the model in the worker's folder.

    Raises
    ------
    DataError
        The worker does not see the files of the job.
    """
    worker = get_worker()
    if not (task.reader.path.is_file() and task.parts.is_dir()):
        raise DataError(
            f"worker {worker.address} does not see {task.reader.path} or {task.parts}; "
            "put IN and OUT on storage that all workers share, under the same path"
        )
    return work(replace(task, model=Path(worker.local_directory) / model), chunk)
