"""Tests of FROC and image AUC against hand-computed values and an independent rank statistic."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from cxr_viewer.core import geometry
from model_training import curves


def boxes(*rows: tuple[float, float, float, float]) -> geometry.Boxes:
    return np.array(rows, dtype=np.float32).reshape(-1, 4)


def scores(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(values, dtype=np.float32)


HERE, THERE, NOWHERE = (0, 0, 10, 10), (50, 50, 60, 60), (80, 80, 90, 90)

MARKED = curves.mark(
    [boxes(HERE, NOWHERE), boxes(NOWHERE), boxes(NOWHERE, THERE)],
    [scores(0.9, 0.3), scores(0.8), scores(0.7, 0.6)],
    [boxes(HERE), boxes(), boxes(HERE, THERE)],
)


def test_froc_of_three_images_is_the_hand_computed_one() -> None:
    curve = curves.froc(MARKED)
    np.testing.assert_allclose(curve.scores, [0.9, 0.8, 0.7, 0.6, 0.3], atol=1e-6)
    np.testing.assert_allclose(curve.sensitivity, [1 / 3, 1 / 3, 1 / 3, 2 / 3, 2 / 3])
    np.testing.assert_allclose(curve.false_positives, [0, 1 / 3, 2 / 3, 2 / 3, 1])
    assert curve.sensitivity_at(0.25) == pytest.approx(1 / 3)
    assert curve.sensitivity_at(2 / 3) == pytest.approx(2 / 3)


def test_weights_of_images_act_as_repetitions() -> None:
    weights = np.array([2.0, 0.0, 1.0])
    curve = curves.froc(MARKED, weights)
    np.testing.assert_allclose(curve.sensitivity, [2 / 4, 2 / 4, 2 / 4, 3 / 4, 3 / 4])
    np.testing.assert_allclose(curve.false_positives, [0, 0, 1 / 3, 1 / 3, 1])


def test_equal_scores_make_one_point() -> None:
    marked = curves.mark([boxes(HERE, NOWHERE)], [scores(0.5, 0.5)], [boxes(HERE)])
    curve = curves.froc(marked)
    np.testing.assert_allclose(curve.sensitivity, [1])
    np.testing.assert_allclose(curve.false_positives, [1])


def test_froc_without_any_box_has_no_point_and_no_sensitivity() -> None:
    curve = curves.froc(curves.mark([boxes()], [scores()], [boxes(HERE)]))
    assert len(curve.scores) == 0
    assert curve.sensitivity_at(1) == 0


def test_auc_of_a_small_case_is_the_hand_computed_one() -> None:
    values = np.array([0.9, 0.8, 0.8, 0.4, 0.1])
    positive = np.array([True, False, True, True, False])
    # pairs: .9 beats both, .8 ties .8 and beats .1, .4 beats .1: (2 + 1.5 + 1) / 6
    assert curves.roc_auc(values, positive) == pytest.approx(4.5 / 6)


def test_auc_equals_the_rank_statistic_and_weights_act_as_repetitions() -> None:
    random = np.random.default_rng(1)
    values = np.round(random.random(200), 1)
    positive = random.random(200) < 0.3
    statistic = mannwhitneyu(values[positive], values[~positive]).statistic
    assert curves.roc_auc(values, positive) == pytest.approx(statistic / (positive.sum() * (~positive).sum()))
    weights = random.integers(0, 3, 200)
    repeated = curves.roc_auc(np.repeat(values, weights), np.repeat(positive, weights))
    assert curves.roc_auc(values, positive, weights.astype(float)) == pytest.approx(repeated)


def test_auc_of_one_class_is_not_a_number() -> None:
    assert np.isnan(curves.roc_auc(np.array([0.1, 0.2]), np.array([True, True])))
