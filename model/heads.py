"""A head turns its columns of decision scores into calibrated probabilities."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.scorer import Scores


@dataclass(frozen=True, slots=True)
class Head:
    """One question's labels, in the order of its score columns, and how its scores are read.

    ``sharpness`` (one number) and ``shifts`` (one a label) are fitted on out-of-fold scores:
    ``probability = softmax(sharpness * score + shift)``. ``thresholds`` (one a label): a prediction with a lower
    probability goes to review. For urgency the labels are ordered from the least to the most urgent, and
    ``pressing`` is the probability of the two most urgent together from which one of these is chosen.
    """

    keys: tuple[str, ...]
    sharpness: float
    shifts: tuple[float, ...]
    thresholds: tuple[float, ...]
    pressing: float | None = None

    def probabilities(self, scores: Scores) -> NDArray[np.float64]:
        """Probabilities of the labels, same shape as ``scores`` (labels on the last axis), rows sum to 1."""
        scaled = scores * self.sharpness + np.asarray(self.shifts)
        scaled = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
        return np.asarray(scaled / scaled.sum(axis=-1, keepdims=True))

    def choose(self, probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
        """The number of the chosen label along the last axis: the likeliest, within what ``pressing`` asks for."""
        if self.pressing is None:
            return np.asarray(probabilities.argmax(axis=-1))
        urgent = probabilities[..., -2:].sum(axis=-1) >= self.pressing
        first, last = probabilities[..., :2].argmax(axis=-1), 2 + probabilities[..., -2:].argmax(axis=-1)
        return np.asarray(np.where(urgent, last, first))
