"""Tests of ensembles over prepared images."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from cxr_viewer.detection import load_detector
from model_training import prediction
from model_training.dataset import DatasetError
from tests.bundle_factory import tiny_bundle
from tests.model_training.small import small_dataset


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
