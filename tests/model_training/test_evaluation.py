"""Tests of a whole evaluation."""

from model_training import evaluation
from tests.model_training.small import separable


def test_a_whole_evaluation_has_figures_intervals_and_words() -> None:
    result = evaluation.evaluate("ensemble", "data", separable(), 0.5, "given")
    assert (result.images, result.positives, result.boxes, result.persons) == (40, 20, 20, 20)
    assert result.mean_precision.value == 1
    assert result.sensitivity[0.25].value == 1
    assert result.image_auc.value == 1
    assert result.opacity_auc is not None
    assert "mean precision (IoU 0.40 to 0.75) at score 0.500 (given): 1.000 (1.000 to 1.000)" in result.text()
    assert result.figures()["sensitivity_at_0.25_fp"] == 1
    optimistic = evaluation.evaluate("ensemble", "data", separable())
    assert optimistic.score_origin == "the best on this very dataset"
