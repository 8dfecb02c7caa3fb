"""Opacities composed into a background."""

from pathlib import Path

import numpy as np
import pytest

from cxr_viewer.dicom import pixels, windowing
from model_training.phantom.background import Background, compose, read_background
from model_training.phantom.dicom_writer import write
from model_training.phantom.real_chest import real_chest
from tests import real_data
from tests.model_training.phantom.clear_chests import SIDE, write_clear_chest


@pytest.fixture(scope="module")
def background(tmp_path_factory: pytest.TempPathFactory) -> Background:
    return read_background(write_clear_chest(tmp_path_factory.mktemp("normal") / "clear.png", 6), SIDE)


def test_equal_seeds_give_equal_images_and_others_differ(background: Background) -> None:
    first, again, other = (compose(seed, background, 1.0) for seed in (5, 5, 6))
    assert np.array_equal(first.pixels, again.pixels)
    assert np.array_equal(first.boxes, again.boxes)
    assert not np.array_equal(first.pixels, other.pixels)


def test_nothing_is_changed_outside_the_lungs_and_nothing_gets_darker(background: Background) -> None:
    inside = real_chest(background.lungs).lung > 0
    for seed in range(6):
        added = compose(seed, background, 1.0).displayed().astype(int) - background.image
        assert (added[~inside] == 0).all()
        assert added.min() == 0


def test_masks_are_brighter_and_boxes_bound_them(background: Background) -> None:
    for seed in range(8):
        phantom = compose(seed, background, 1.0)
        assert phantom.image_class == "Lung Opacity"
        assert 1 <= len(phantom.masks) == len(phantom.boxes) == len(phantom.strengths) <= 4
        added = phantom.displayed().astype(int) - background.image
        without = (background.lungs[0] | background.lungs[1]) & ~np.any(phantom.masks, axis=0)
        for mask, box in zip(phantom.masks, phantom.boxes, strict=True):
            y, x = np.nonzero(mask)
            assert box.tolist() == [x.min(), y.min(), x.max() + 1, y.max() + 1]
            assert added[mask].mean() > 3
            assert added[mask].mean() > 1.5 * added[without].mean()


def test_a_negative_is_the_background_as_it_was_displayed(background: Background, tmp_path: Path) -> None:
    phantom = compose(1, background, 0.0)
    assert (phantom.image_class, len(phantom.boxes), phantom.masks) == ("Normal", 0, ())
    write(phantom, tmp_path / "negative.dcm")
    shown = windowing.presentation(pixels.decode(tmp_path / "negative.dcm"))
    assert np.array_equal(shown, background.image)


def test_opacities_are_no_whiter_than_the_mediastinum(background: Background) -> None:
    white = np.percentile(background.image, 90)
    for seed in range(6):
        phantom = compose(seed, background, 1.0)
        changed = phantom.displayed() > background.image.astype(int) + 10
        assert np.percentile(phantom.displayed()[changed], 95) <= white


def test_an_oblong_background_is_letterboxed_with_its_lungs() -> None:
    path = real_data.folder("images/kermany-pediatric") / "normal_NORMAL2-IM-1145-0001.jpeg"
    background = read_background(path, 256)
    assert background.image.shape == background.lungs[0].shape == (256, 256)
    assert background.source.is_lossy
    assert (background.image[:10] == 0).all()  # bars above and below
    assert not background.lungs[0][:10].any()


def test_opacities_are_composed_into_real_radiographs() -> None:
    for name in ("00000002_000", "00001543_004"):
        background = read_background(real_data.folder("images/nih-cxr14") / f"{name}.png", 512)
        phantom = compose(3, background, 1.0)
        added = phantom.displayed().astype(int) - background.image
        assert len(phantom.boxes) > 0
        assert all(added[mask].mean() > 3 for mask in phantom.masks)
        assert (added[~(real_chest(background.lungs).lung > 0)] == 0).all()
