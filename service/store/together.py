"""What several threads want done at the same time, done at once by one of them: a commit costs more than the rest."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy.exc import OperationalError

Item = TypeVar("Item")


class _Waiting(Generic[Item]):
    """An item that waits for its turn, then its outcome."""

    def __init__(self, item: Item) -> None:
        self.item, self.done = item, False
        self.error: Exception | None = None


class Together(Generic[Item]):
    """Hands a function the items of all threads that wait by now. ``turn`` is held meanwhile.

    ``function`` does all of them, or raises and has then done nothing. After it raised for several items it is
    asked again for each alone, so that one thread's error is not another's; not where the database itself failed.

    >>> Together(print, Lock())("one item")
    ['one item']
    """

    def __init__(self, function: Callable[[Sequence[Item]], None], turn: Lock) -> None:
        self._function = function
        self._turn = turn
        self._queue = Lock()
        self._waiting: list[_Waiting[Item]] = []

    def __call__(self, item: Item) -> None:
        """Comes back when the item has been done; raises what went wrong with it."""
        mine = _Waiting(item)
        with self._queue:
            self._waiting.append(mine)
        with self._turn:
            if not mine.done:
                self._do_waiting()
        if mine.error is not None:
            raise mine.error

    def _do_waiting(self) -> None:
        with self._queue:
            waiting, self._waiting = self._waiting, []
        error = self._do(waiting)
        if error and len(waiting) > 1 and not isinstance(error, OperationalError):
            for one in waiting:
                self._do([one])
        for one in waiting:
            one.done = True

    def _do(self, waiting: Sequence[_Waiting[Item]]) -> Exception | None:
        """Do some and tell each the error, or that there is none."""
        error = None
        try:
            self._function([one.item for one in waiting])
        except Exception as raised:  # noqa: BLE001 - raised again in the thread that waits for it
            error = raised
        for one in waiting:
            one.error = error
        return error
