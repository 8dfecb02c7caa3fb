"""Tests of the verdict on a bundle."""

import numpy as np
import pytest

from model_training import verdict
from model_training.bootstrap import Interval
from model_training.evaluation import Measure

GOOD, NONE, BAD = Interval(0.05, 0.01, 0.09), Interval(0.01, -0.02, 0.04), Interval(-0.05, -0.09, -0.01)


def judge(metric: Interval, auc: Interval) -> verdict.Verdict:
    return verdict.judge("old", "new", "data", {"mean_precision": metric, "image_auc": auc})


def test_a_bundle_is_recommended_only_when_it_is_better_beyond_chance_and_nothing_is_worse() -> None:
    said = judge(GOOD, NONE)
    assert (said.is_better, said.is_worse) == (True, False)
    assert said.sentence == ("recommended: new is better than old on data: mean precision +0.050 (+0.010 to +0.090).")


@pytest.mark.parametrize(
    ("metric", "auc", "words"),
    [
        (BAD, NONE, "mean precision -0.050 (-0.090 to -0.010)."),
        (Interval(-0.001, -0.02, 0.02), NONE, "mean precision -0.001 (-0.020 to +0.020)."),
        (GOOD, BAD, "mean precision +0.050 (+0.010 to +0.090), image auc -0.050 (-0.090 to -0.010)."),
    ],
)
def test_a_lower_metric_or_a_loss_beyond_chance_is_worse(metric: Interval, auc: Interval, words: str) -> None:
    said = judge(metric, auc)
    assert said.is_worse
    assert said.sentence == f"not recommended: new is worse than old on data: {words}"


def test_no_difference_beyond_chance_recommends_nothing_and_is_not_worse() -> None:
    said = judge(NONE, NONE)
    assert not said.is_worse
    assert not said.is_better
    assert said.sentence.startswith("not recommended: new is not shown to be better than old on data")


def test_paired_differences_are_narrower_than_the_figures_themselves() -> None:
    random = np.random.default_rng(1)
    persons = np.arange(100)
    old = random.uniform(0, 1, 100)
    new = old + 0.05 + random.normal(0, 0.01, 100)

    def mean(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Measure:
        return lambda weights: float((weights * values).sum() / weights.sum())

    value, difference = verdict.contrast(persons, mean(old), mean(new))
    assert value.value == pytest.approx(new.mean())
    assert difference.value == pytest.approx((new - old).mean())
    assert difference.low > 0.04
    assert difference.high - difference.low < 0.1 * (value.high - value.low)
