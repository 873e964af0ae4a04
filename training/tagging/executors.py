"""Where chunks are worked on: in this process, or in several."""

import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from training.errors import DataError
from training.tagging.chunks import Chunk
from training.tagging.summary import Counts
from training.tagging.work import Task, bench, work

Submit = Callable[[Task, Chunk], Future[Counts]]


def _here(task: Task, chunk: Chunk) -> Future[Counts]:
    future: Future[Counts] = Future()
    future.set_result(work(task, chunk))
    return future


@contextmanager
def processes(number: int, task: Task) -> Iterator[tuple[Submit, int]]:
    """How a chunk is handed to one of so many processes, and how many chunks they want to have at once.

    Raises
    ------
    DataError
        A process was killed from outside.
    """
    if number == 1:
        yield _here, 1
        return
    may_fork = sys.platform == "linux" and threading.active_count() == 1
    if may_fork:
        bench(task.model)  # which the processes then have from the start
    context = multiprocessing.get_context("fork" if may_fork else "spawn")
    pool = ProcessPoolExecutor(number, mp_context=context, initializer=_belong_to_parent)
    with warnings.catch_warnings():
        # Python 3.12 warns where numerical libraries keep threads; no lock of theirs is held here.
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        pool.submit(os.getpid)
    try:
        yield (lambda task, chunk: pool.submit(work, task, chunk)), 2 * number
    except BrokenProcessPool as error:
        raise DataError(
            "a worker process was killed, perhaps for want of memory; run the same command again to go on "
            "where it was, with fewer --workers"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _belong_to_parent() -> None:
    """Leave Ctrl-C to the command, and do not outlive it when it is killed: there would be no more work for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
