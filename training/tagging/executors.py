"""Where chunks are worked on: in this process, or in several."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

from training.errors import DataError


class Here(Executor):
    """Does the work when it is handed in."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The outcome of ``fn``; its error is raised at once."""
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@contextmanager
def executor_for(workers: int) -> Iterator[tuple[Executor, int]]:
    """An executor, and how many chunks it wants to have at once.

    Raises
    ------
    DataError
        A process was killed from outside.
    """
    if workers == 1:
        yield Here(), 1
        return
    # Processes are started anew, not forked: libraries with threads of their own do not survive a fork.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent)
    try:
        yield pool, 2 * workers
    except BrokenProcessPool as error:
        raise DataError(
            "a worker process was killed, perhaps for want of memory; run the same command again to go on "
            "where it was, with fewer --workers"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _end_with_parent() -> None:
    """Let no process outlive a command that was killed: it would wait for work for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
