"""A bundle learns its training range from runs or from a dataset, and signs it with everything else."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cxr_viewer.core import training_range
from cxr_viewer.detection import bundle as bundles
from cxr_viewer.detection.bundle import BundleError
from model_training.commands import main
from model_training.dataset import DatasetError, open_folders
from model_training.training_ranges import of_dataset, with_range
from tests.bundle_factory import TINY, tiny_bundle
from tests.model_training.small import SIDE, small_dataset, write_dataset


def test_the_range_of_a_dataset_is_that_of_its_pixels(tmp_path: Path) -> None:
    dataset = small_dataset(tmp_path / "data", count=40)
    known = of_dataset(dataset)
    assert known == training_range.measure(np.array(dataset.image(index)) for index in range(40))


def test_a_bundle_gets_the_range_and_keeps_its_files_and_says_so_by_its_digest(tmp_path: Path) -> None:
    before = tiny_bundle(tmp_path / "bundle", members=1)
    assert before.training_range is None
    data = write_dataset(tmp_path / "data", count=40)
    assert main(["range", str(before.folder), "--dataset", str(data), "--out", str(tmp_path / "ranged")]) == 0
    after = bundles.read(tmp_path / "ranged")
    assert after.training_range is not None
    assert after.training_range.images == 40
    assert after.digest != before.digest
    assert replace(after, folder=before.folder, digest=before.digest, training_range=None) == before
    texts = [json.loads((folder / "bundle.json").read_text()) for folder in (before.folder, after.folder)]
    assert texts[0]["files"] == texts[1]["files"]


def test_an_altered_or_malformed_range_is_refused(tmp_path: Path) -> None:
    before = tiny_bundle(tmp_path / "bundle", members=1)
    with_range(before.folder, small_dataset(tmp_path / "data", count=20), tmp_path / "ranged")
    path = tmp_path / "ranged" / "bundle.json"
    content = json.loads(path.read_text())
    content["training_range"]["brightness"][0] += 1
    path.write_text(json.dumps(content))
    with pytest.raises(BundleError, match="changed after it was published"):
        bundles.read(path.parent)
    content["training_range"]["brightness"] = [3, 2, 1]
    del content["digest"]
    content["digest"] = bundles._digest(content)
    path.write_text(json.dumps(content))
    with pytest.raises(BundleError, match="malformed"):
        bundles.read(path.parent)


def test_a_dataset_of_another_size_is_refused(tmp_path: Path) -> None:
    assert TINY.input_side == SIDE
    bundle = tiny_bundle(tmp_path / "bundle", members=1)
    dataset = open_folders([write_dataset(tmp_path / "data", count=4, side=SIDE // 2)])
    with pytest.raises(DatasetError, match="--side"):
        with_range(bundle.folder, dataset, tmp_path / "ranged")
