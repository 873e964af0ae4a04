"""Rows of different lengths, laid end to end in one array; and arrays that grow."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Numbers = NDArray[np.int64]


def spans(starts: Numbers, sizes: Numbers) -> Numbers:
    """The places that rows cover, one row after the other.

    >>> spans(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    ends = np.cumsum(sizes)
    return np.repeat(starts - ends + sizes, sizes) + np.arange(ends[-1] if len(ends) else 0)


def ends_of(sizes: Numbers) -> Numbers:
    """Where rows end, with the 0 before the first: row ``i`` is ``[ends[i], ends[i + 1])``."""
    return np.concatenate([[0], np.cumsum(sizes)])


def sums(values: Numbers, ends: Numbers) -> Numbers:
    """The sum of each row, 0 of an empty one.

    >>> sums(np.array([1, 2, 3]), np.array([0, 2, 2, 3])).tolist()
    [3, 0, 3]
    """
    return np.diff(ends_of(values)[ends])


class Growing:
    """An array that values are appended to. ``array`` has room to spare: read only the first ``len`` of it.

    >>> numbers = Growing(np.int64)
    >>> numbers.append(3)
    >>> numbers.extend([4, 5])
    >>> numbers.array[: len(numbers)].tolist()
    [3, 4, 5]
    """

    def __init__(self, dtype: DTypeLike, *shape: int) -> None:
        self.array: NDArray[Any] = np.zeros((1024, *shape), dtype)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(self, value: object) -> None:
        """Add one value, of the shape that the array was made for."""
        self._make_room(1)
        self.array[self._length] = value
        self._length += 1

    def extend(self, values: Sequence[object] | NDArray[Any]) -> None:
        """Add several values."""
        self._make_room(len(values))
        self.array[self._length : self._length + len(values)] = values
        self._length += len(values)

    def _make_room(self, more: int) -> None:
        if self._length + more > len(self.array):
            room = max(len(self.array), more)
            self.array = np.concatenate([self.array, np.zeros((room, *self.array.shape[1:]), self.array.dtype)])
