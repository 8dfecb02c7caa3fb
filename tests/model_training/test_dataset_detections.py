"""Tests of detections over a dataset."""

from pathlib import Path

import numpy as np

from cxr_viewer.core import suppression
from cxr_viewer.core.candidates import SCORE_FLOOR, SelectionRules, Thresholds
from model_training import dataset_detections, prediction
from tests.bundle_factory import tiny_bundle
from tests.model_training.small import small_dataset


def test_raising_the_score_keeps_a_prefix_of_one_selection(tmp_path: Path) -> None:
    tiny_bundle(tmp_path / "bundle")
    ensemble = prediction.of_bundle(tmp_path / "bundle")
    dataset = small_dataset(tmp_path / "data", count=4)
    rules = SelectionRules(relative=0.5)
    for own in dataset_detections.collect_candidates(ensemble, dataset):
        low = suppression.select(own, Thresholds(SCORE_FLOOR, 0.1), rules)
        for score in (0.1, 0.13, 0.2):
            high = suppression.select(own, Thresholds(score, 0.1), rules)
            kept = low.scores >= np.float32(score)
            np.testing.assert_array_equal(high.boxes, low.boxes[kept])
