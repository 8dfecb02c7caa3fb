"""Tests of the metric over score thresholds."""

import numpy as np

from model_training import metric, score_thresholds
from tests.model_training.small import separable


def test_the_best_threshold_separates_right_from_wrong() -> None:
    score, precision = score_thresholds.best_threshold(separable())
    assert 0.4 < score <= 0.56
    assert precision == 1
    assert score_thresholds.cross_fitted(separable()) > 0.9


def test_the_table_of_scores_is_the_metric_at_each_threshold() -> None:
    own = separable(6)
    table = score_thresholds.score_table(own, [0.03, 0.5, 0.95])
    for column, score in enumerate((0.03, 0.5, 0.95)):
        for image in range(6):
            kept = own.boxes[image][own.scores[image] >= score]
            expected = metric.image_score(kept, own.truths[image])
            actual = table[image, column]
            assert np.isnan(actual) if expected is None else actual == expected
