"""Tests of a whole evaluation."""

import dataclasses

import numpy as np

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


def test_figures_that_a_dataset_cannot_give_are_left_out() -> None:
    found = separable()
    negatives = dataclasses.replace(found, is_positive=np.zeros(40, dtype=np.bool_))
    assert "image_auc" not in evaluation.evaluate("ensemble", "data", negatives, 0.5).figures()
    assert "image_auc" in evaluation.evaluate("ensemble", "data", found, 0.5).figures()
