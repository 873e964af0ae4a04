"""A bounded memo of a pure function of one string."""

from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")

MAX_KEY = 100


class Memo(dict[str, Value], Generic[Value]):
    """Computes a value when a key is first asked for, and starts anew when it holds ``limit`` of them.

    Keys over ``MAX_KEY`` characters are computed each time: a memo's memory is bounded whatever it is asked.

    >>> lengths = Memo(len, limit=2)
    >>> lengths["satu"], lengths["dua"], lengths["tiga"], len(lengths)
    (4, 3, 4, 1)
    """

    def __init__(self, function: Callable[[str], Value], limit: int) -> None:
        super().__init__()
        self._function = function
        self._limit = limit

    def __missing__(self, key: str) -> Value:
        value = self._function(key)
        if len(key) > MAX_KEY:
            return value
        if len(self) >= self._limit:
            self.clear()
        self[key] = value
        return value
