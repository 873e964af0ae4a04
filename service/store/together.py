"""What several threads want done at the same time, done at once by one of them: a commit costs more than the rest."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, Generic, TypeVar, cast

from sqlalchemy.exc import OperationalError

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Waiting(Generic[Item]):
    """An item that waits for its turn, then its outcome."""

    def __init__(self, item: Item) -> None:
        self.item, self.done = item, False
        self.result: Any = None
        self.error: Exception | None = None


class Together(Generic[Item, Result]):
    """Hands a function the items of all threads that wait by now. ``turn`` is held meanwhile.

    ``function`` gives a result an item, or raises and has then done nothing. After it raised for several items it is
    asked again for each alone, so that one thread's error is not another's; not where the database itself failed.

    >>> Together(lambda items: [len(items)], Lock())("one item")
    1
    """

    def __init__(self, function: Callable[[Sequence[Item]], Sequence[Result]], turn: Lock) -> None:
        self._function = function
        self._turn = turn
        self._queue = Lock()
        self._waiting: list[_Waiting[Item]] = []

    def __call__(self, item: Item) -> Result:
        """The result for one item, once it has been done."""
        mine = _Waiting(item)
        with self._queue:
            self._waiting.append(mine)
        with self._turn:
            if not mine.done:
                self._do_waiting()
        if mine.error is not None:
            raise mine.error
        return cast(Result, mine.result)

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
        """Tell each its result, or all the error."""
        try:
            results = self._function([one.item for one in waiting])
        except Exception as error:  # noqa: BLE001 - raised again in the thread that waits for it
            for one in waiting:
                one.error = error
            return error
        for one, result in zip(waiting, results, strict=True):
            one.result, one.error = result, None
        return None
