"""A head turns its columns of decision scores into calibrated probabilities."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.scorer import Scores


@dataclass(frozen=True, slots=True)
class Head:
    """One question's labels, in the order of its score columns, and how its scores are read.

    ``sharpness`` (one number), ``shifts`` (one a label) and ``noise`` (0-1, the share of messages that any label can
    have, whatever their words) are fitted on out-of-fold scores:
    ``probability = (1 - noise) * softmax(sharpness * score + shift) + noise / labels``. ``thresholds`` (one a label):
    a prediction with a lower probability goes to review. For urgency the labels are ordered from the least to the most
    urgent, and ``pressing`` is the probability of the two most urgent together from which one of these is chosen.
    """

    keys: tuple[str, ...]
    sharpness: float
    shifts: tuple[float, ...]
    thresholds: tuple[float, ...]
    noise: float = 0.0
    pressing: float | None = None

    def probabilities(self, scores: Scores) -> NDArray[np.float64]:
        """Probabilities of the labels, same shape as ``scores`` (labels on the last axis), rows sum to 1."""
        return Probabilities([self])(scores)

    def choose(self, probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
        """The number of the chosen label along the last axis: the likeliest, within what ``pressing`` asks for."""
        if self.pressing is None:
            return np.asarray(probabilities.argmax(axis=-1))
        urgent = probabilities[..., -2:].sum(axis=-1) >= self.pressing
        first, last = probabilities[..., :2].argmax(axis=-1), 2 + probabilities[..., -2:].argmax(axis=-1)
        return np.asarray(np.where(urgent, last, first))


def choose_one(head: Head, probabilities: Sequence[float], ranked: Sequence[int]) -> int:
    """``head.choose`` for one message and without arrays, which cost more than the choice.

    ``ranked``: the numbers of the labels, the likeliest first, of equally likely ones the lower.
    """
    if head.pressing is None:
        return ranked[0]
    split = len(probabilities) - 2
    urgent = sum(probabilities[split:]) >= head.pressing
    return next(label for label in ranked if (label >= split) == urgent)


class Probabilities:
    """The probabilities of several heads at once, whose columns lie side by side.

    >>> yes_no = Head(("ya", "tidak"), sharpness=1.0, shifts=(0.0, 0.0), thresholds=(0.0, 0.0))
    >>> Probabilities([yes_no, yes_no])(np.zeros(4)).tolist()
    [0.5, 0.5, 0.5, 0.5]
    """

    def __init__(self, heads: Sequence[Head]) -> None:
        widths = [len(head.keys) for head in heads]
        self._starts = np.cumsum([0, *widths[:-1]])
        self._owner = np.repeat(np.arange(len(heads)), widths)
        self._sharpness = np.repeat([head.sharpness for head in heads], widths)
        self._shifts = np.concatenate([head.shifts for head in heads])
        self._kept = np.repeat([1 - head.noise for head in heads], widths)
        self._spread = np.repeat([head.noise / len(head.keys) for head in heads], widths)

    def __call__(self, scores: Scores) -> NDArray[np.float64]:
        """Softmax of each head's columns, same shape as ``scores``."""
        scaled = scores * self._sharpness + self._shifts
        scaled -= np.maximum.reduceat(scaled, self._starts, axis=-1).take(self._owner, axis=-1)
        made: NDArray[np.float64] = np.exp(scaled)
        made /= np.add.reduceat(made, self._starts, axis=-1).take(self._owner, axis=-1)
        made *= self._kept
        made += self._spread
        return made
