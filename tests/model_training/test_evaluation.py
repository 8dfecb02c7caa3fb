"""Tests of an evaluation: thresholds, halves, intervals, and members on both engines."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from cxr_viewer.core import suppression
from cxr_viewer.core.candidates import SCORE_FLOOR, SelectionRules, Thresholds
from cxr_viewer.detection import load_detector
from model_training import evaluation, metric, prediction
from model_training.dataset import DatasetError
from model_training.evaluation import Found
from tests.bundle_factory import tiny_bundle
from tests.model_training.small import small_dataset

TRUTH = np.array([[10, 10, 50, 50]], dtype=np.float32)
FALSE = np.array([[60, 60, 90, 90]], dtype=np.float32)
NOTHING = np.zeros((0, 4), dtype=np.float32)


def found(images: int = 40, seed: int = 1) -> Found:
    """Return detections of a detector that is right above a score of 0.5 and wrong below; half the images positive."""
    random = np.random.default_rng(seed)
    boxes, scores, truths = [], [], []
    for number in range(images):
        positive = number % 2 == 0
        truths.append(TRUTH if positive else NOTHING)
        low, high = (0.55, 0.9) if positive else (0.1, 0.45)
        boxes.append(TRUTH if positive else FALSE)
        scores.append(np.array([random.uniform(low, high)], dtype=np.float32))
    return Found(
        boxes=tuple(boxes),
        scores=tuple(scores),
        truths=tuple(truths),
        persons=np.arange(images) // 2,
        opacity_probability=np.array([float(own[0]) for own in scores]),
        is_positive=np.array([len(own) > 0 for own in truths]),
    )


def test_the_best_threshold_separates_right_from_wrong() -> None:
    score, precision = evaluation.best_threshold(found())
    assert 0.4 < score <= 0.56
    assert precision == 1
    assert evaluation.cross_fitted(found()) > 0.9


def test_the_table_of_scores_is_the_metric_at_each_threshold() -> None:
    own = found(6)
    table = evaluation.score_table(own, [0.03, 0.5, 0.95])
    for column, score in enumerate((0.03, 0.5, 0.95)):
        for image in range(6):
            kept = own.boxes[image][own.scores[image] >= score]
            expected = metric.image_score(kept, own.truths[image])
            actual = table[image, column]
            assert np.isnan(actual) if expected is None else actual == expected


def test_a_whole_evaluation_has_figures_intervals_and_words() -> None:
    result = evaluation.evaluate("ensemble", "data", found(), 0.5, "given")
    assert (result.images, result.positives, result.boxes, result.persons) == (40, 20, 20, 20)
    assert result.mean_precision.value == 1
    assert result.sensitivity[0.25].value == 1
    assert result.image_auc.value == 1
    assert result.opacity_auc is not None
    assert "mean precision (IoU 0.40 to 0.75) at score 0.500 (given): 1.000 (1.000 to 1.000)" in result.text()
    assert result.figures()["sensitivity_at_0.25_fp"] == 1
    optimistic = evaluation.evaluate("ensemble", "data", found())
    assert optimistic.score_origin == "the best on this very dataset"


def test_the_bootstrap_resamples_persons_not_images() -> None:
    random = np.random.default_rng(2)
    persons = np.repeat(np.arange(40), 25)
    values = np.repeat(random.normal(0, 1, 40), 25)  # images of one person are alike

    def mean(weights: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        return float((weights * values).sum() / weights.sum())

    low, high = evaluation.bootstrap(persons, mean)
    expected = 2 * 1.96 * values.reshape(40, 25)[:, 0].std() / np.sqrt(40)
    assert high - low == pytest.approx(expected, rel=0.15)
    narrow_low, narrow_high = evaluation.bootstrap(np.arange(1000), mean)
    assert narrow_high - narrow_low < 0.4 * (high - low)


def test_raising_the_score_keeps_a_prefix_of_one_selection(tmp_path: Path) -> None:
    tiny_bundle(tmp_path / "bundle")
    ensemble = prediction.of_bundle(tmp_path / "bundle")
    dataset = small_dataset(tmp_path / "data", count=4)
    rules = SelectionRules(relative=0.5)
    for own in evaluation.collect_candidates(ensemble, dataset):
        low = suppression.select(own, Thresholds(SCORE_FLOOR, 0.1), rules)
        for score in (0.1, 0.13, 0.2):
            high = suppression.select(own, Thresholds(score, 0.1), rules)
            kept = low.scores >= np.float32(score)
            np.testing.assert_array_equal(high.boxes, low.boxes[kept])


def test_a_bundles_candidates_on_prepared_images_are_the_detectors_own(tmp_path: Path) -> None:
    tiny_bundle(tmp_path / "bundle")
    dataset = small_dataset(tmp_path / "data", count=2)
    ensemble = prediction.of_bundle(tmp_path / "bundle")
    expected = load_detector(tmp_path / "bundle").detect(np.array(dataset.image(1)))
    actual = ensemble.candidates(dataset, 1)
    np.testing.assert_array_equal(actual.anchor_index, expected.anchor_index)
    np.testing.assert_allclose(actual.mean_boxes, expected.mean_boxes, atol=1e-3)
    alone = ensemble.member(2).candidates(dataset, 1)
    assert alone.members == 1


def test_a_dataset_of_another_size_is_refused(tmp_path: Path) -> None:
    bundle = tiny_bundle(tmp_path / "bundle", members=1)
    ensemble = prediction.of_bundle(bundle.folder)
    ensemble.spec = dataclasses.replace(ensemble.spec, input_side=64)
    with pytest.raises(DatasetError, match="prepared at 128 pixels, the network takes 64"):
        ensemble.candidates(small_dataset(tmp_path / "data", count=2), 0)
