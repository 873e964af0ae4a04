"""Where chunks are worked on: in this process, or in several."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from training.errors import DataError
from training.tagging.chunks import Chunk
from training.tagging.summary import Counts
from training.tagging.work import Task, work

Submit = Callable[[Task, Chunk], Future[Counts]]


def _here(task: Task, chunk: Chunk) -> Future[Counts]:
    future: Future[Counts] = Future()
    future.set_result(work(task, chunk))
    return future


@contextmanager
def processes(number: int) -> Iterator[tuple[Submit, int]]:
    """How a chunk is handed to one of so many processes, and how many chunks they want to have at once.

    Raises
    ------
    DataError
        A process was killed from outside.
    """
    if number == 1:
        yield _here, 1
        return
    # Processes are started anew, not forked: libraries with threads of their own do not survive a fork.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(number, mp_context=context, initializer=_belong_to_parent)
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
