"""Tests of parts of datasets."""

from pathlib import Path

import numpy as np

from model_training.studies.dataset_part import halves, part
from tests.model_training.small import small_dataset


def test_a_part_has_the_pixels_of_its_examples(tmp_path: Path) -> None:
    dataset = small_dataset(tmp_path / "data", count=8)
    own = part(dataset, [5, 2], "two")
    assert [example.key for example in own.examples] == ["data-5", "data-2"]
    assert np.array_equal(own.image(0), dataset.image(5))
    assert np.array_equal(own.image(1), dataset.image(2))
    assert own.digest != part(dataset, [2, 5], "two").digest


def test_halves_share_no_person_and_lose_no_image(tmp_path: Path) -> None:
    dataset = small_dataset(tmp_path / "data", count=12)
    first, second = halves(dataset, [0, 1, 3, 4, 5, 7, 8])
    persons = [{example.person for example in half.examples} for half in (first, second)]
    assert not persons[0] & persons[1]
    assert len(first) + len(second) == 7
