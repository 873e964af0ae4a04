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
    probability goes to review. For urgency the labels are ordered from the least to the most urgent.
    """

    keys: tuple[str, ...]
    sharpness: float
    shifts: tuple[float, ...]
    thresholds: tuple[float, ...]

    def probabilities(self, scores: Scores) -> NDArray[np.float64]:
        """Probabilities of the labels, same shape as ``scores`` (labels on the last axis), rows sum to 1."""
        scaled = scores * self.sharpness + np.asarray(self.shifts)
        scaled = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
        return np.asarray(scaled / scaled.sum(axis=-1, keepdims=True))
