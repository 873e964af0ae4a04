"""Thresholds under which a person looks."""

import numpy as np

from training.calibrate import calibrate, review_thresholds


def predictions(*classes: tuple[int, int, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of two labels and right answers: of each (label, rows, share right, lowest probability)."""
    probabilities, wanted = [], []
    for label, rows, right, lowest in classes:
        top = np.linspace(0.99, lowest, rows)
        probabilities += [(p, 1 - p) if label == 0 else (1 - p, p) for p in top]
        wanted += [label if i < right * rows else 1 - label for i in range(rows)]
    return np.array(probabilities), np.array(wanted)


def test_all_passes_where_all_is_right() -> None:
    first, second = review_thresholds(*predictions((0, 500, 1.0, 0.6), (1, 500, 1.0, 0.7)))
    assert (first, second) == (0.6, 0.7)


def test_the_doubtful_end_of_a_class_goes_to_review() -> None:
    first, _ = review_thresholds(*predictions((0, 1000, 0.5, 0.51), (1, 1000, 1.0, 0.6)), accuracy=0.9)
    assert 0.6 < first < 0.8


def test_a_small_class_is_not_trusted_by_luck() -> None:
    lucky, _ = review_thresholds(*predictions((0, 5, 1.0, 0.55), (1, 2000, 0.4, 0.51)), accuracy=0.9)
    large, _ = review_thresholds(*predictions((0, 2000, 1.0, 0.55), (1, 2000, 0.4, 0.51)), accuracy=0.9)
    assert large == 0.55
    assert lucky > 0.7


def test_a_class_that_is_never_right_enough_lets_its_best_tenth_through() -> None:
    probabilities, wanted = predictions((0, 100, 0.0, 0.51), (1, 100, 0.0, 0.51))
    first, _ = review_thresholds(probabilities, wanted)
    assert (probabilities[:, 0] >= first).sum() == 11


def test_noise_is_told_apart_from_blunt_scores() -> None:
    draw = np.random.default_rng(0)
    scores = draw.normal(size=(4000, 4))
    wanted = (3 * scores + draw.gumbel(size=scores.shape)).argmax(axis=1)
    wanted[:400] = draw.integers(4, size=400)
    sharpness, shifts, noise = calibrate(scores, wanted)
    assert abs(sharpness - 3) < 0.3
    assert abs(noise - 0.1) < 0.02
    assert max(map(abs, shifts)) < 0.1
