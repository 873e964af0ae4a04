"""Scores to honest probabilities, and the thresholds under which a person looks."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit, softmax

REVIEW_ACCURACY = 0.93
"""Of the predictions that go through without review, this share should be right, in each class."""

POOLED_ROWS = 200
"""A class's own record is judged together with so many rows of the record of all classes: a small class's is chance."""

SHIFT_PENALTY = 5.0
"""Pulls the class shifts to zero: the classes' shares in the corpus are not those of a city."""

CAUTION = {
    "urgency": {"sedang": 1.1},
    "kind": {"pengaduan": 0.7, "permintaan_informasi": 0.3},
}
"""Log-odds in favour of the labels that doubt should go to: a fault taken for a wish loses its deadline, the other way
round costs nothing. It also brings the shares of the corpus nearer to those of a complaint channel, where most
messages are ``sedang`` and ``pengaduan``."""

PRESSING_FROM = 0.2
"""Probability of ``tinggi`` and ``darurat`` together from which a message is called pressing: missing one costs more
than looking at four in vain."""


def calibrate(scores: NDArray[np.float64], wanted: NDArray[np.int64]) -> tuple[float, tuple[float, ...], float]:
    """Fit ``(1 - noise) * softmax(sharpness * score + shift) + noise / labels`` to out-of-fold scores by log loss.

    ``scores`` has shape ``(rows, labels)``, ``wanted`` the column of each row's right label. Returns the
    sharpness, one shift a label, and the noise: without it a few messages whose label no word tells would blunt all
    others.
    """
    rows, labels = scores.shape
    right = np.zeros(scores.shape)
    right[np.arange(rows), wanted] = 1.0

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """The loss and its gradient by the logarithm of the sharpness, the logit of the noise, and the shifts."""
        sharpness, noise, shifts = np.exp(parameters[0]), expit(parameters[1]), parameters[2:]
        kept = softmax(sharpness * scores + shifts, axis=1)
        mine = (kept * right).sum(axis=1)
        told = (1 - noise) * mine + noise / labels
        by_score = ((1 - noise) * mine / told / rows)[:, None] * (kept - right)
        by_noise = ((mine - 1 / labels) / told).mean()
        gradient = [(by_score * scores).sum() * sharpness, by_noise * noise * (1 - noise)]
        by_shift = by_score.sum(axis=0) + 2 * SHIFT_PENALTY * shifts / labels
        return float(-np.log(told).mean() + SHIFT_PENALTY * np.mean(shifts**2)), np.array([*gradient, *by_shift])

    start = np.zeros(labels + 2)
    start[1] = logit(0.01)
    found = minimize(loss, start, jac=True, method="L-BFGS-B")
    sharpness, noise = np.exp(found.x[0]), expit(found.x[1])
    return round(float(sharpness), 4), tuple(np.round(found.x[2:], 4).tolist()), round(float(noise), 4)


def cautious(question: str, keys: tuple[str, ...], shifts: tuple[float, ...]) -> tuple[float, ...]:
    """The shifts with the ``CAUTION`` of the question.

    >>> cautious("kind", ("pengaduan", "aspirasi"), (0.5, 0.0))
    (1.2, 0.0)
    """
    favoured = CAUTION.get(question, {})
    return tuple(shift + favoured.get(key, 0.0) for key, shift in zip(keys, shifts, strict=True))


def review_thresholds(
    probabilities: NDArray[np.float64], wanted: NDArray[np.int64], accuracy: float = REVIEW_ACCURACY
) -> tuple[float, ...]:
    """For each label the lowest probability from which its predictions are right often enough.

    Right often enough: the share of right ones among its predictions from that probability on, with ``POOLED_ROWS``
    more at the share that all labels have there. A label that never reaches ``accuracy`` gets the threshold that
    passes its best tenth.
    """
    chosen = probabilities.argmax(axis=1)
    top = probabilities.max(axis=1)
    falling = np.argsort(-top, kind="stable")
    shares = np.cumsum(chosen[falling] == wanted[falling]) / np.arange(1, len(falling) + 1)
    thresholds = []
    for label in range(probabilities.shape[1]):
        mine = np.flatnonzero(chosen == label)
        if not len(mine):
            thresholds.append(1.0)
            continue
        order = mine[np.argsort(-top[mine], kind="stable")]
        pooled = shares[np.searchsorted(-top[falling], -top[order], side="right") - 1]
        right = np.cumsum(wanted[order] == label) + POOLED_ROWS * pooled
        enough = np.flatnonzero(right / (np.arange(1, len(order) + 1) + POOLED_ROWS) >= accuracy)
        last = enough[-1] if len(enough) else len(order) // 10
        thresholds.append(round(float(top[order[last]]), 4))
    return tuple(thresholds)
