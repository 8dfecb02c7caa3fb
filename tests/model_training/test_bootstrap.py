"""Tests of intervals."""

import numpy as np
import pytest

from model_training import bootstrap


def test_the_bootstrap_resamples_persons_not_images() -> None:
    random = np.random.default_rng(2)
    persons = np.repeat(np.arange(40), 25)
    values = np.repeat(random.normal(0, 1, 40), 25)  # images of one person are alike

    def mean(weights: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        return float((weights * values).sum() / weights.sum())

    low, high = bootstrap.percentiles(persons, mean)
    expected = 2 * 1.96 * values.reshape(40, 25)[:, 0].std() / np.sqrt(40)
    assert high - low == pytest.approx(expected, rel=0.15)
    narrow_low, narrow_high = bootstrap.percentiles(np.arange(1000), mean)
    assert narrow_high - narrow_low < 0.4 * (high - low)
