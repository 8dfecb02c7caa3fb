"""The phantoms' frame on the lungs of a radiograph."""

import cv2
import numpy as np
import pytest

from model_training.phantom.opacities import Mask
from model_training.phantom.real_chest import mediastinum_of, real_chest


def ellipses() -> tuple[Mask, Mask]:
    """Return a right lung 50 wide and 120 high at (60, 100) and a left one at (140, 110), in a frame of 200."""
    pictures = [np.zeros((200, 200), np.uint8) for _ in range(2)]
    for picture, centre in zip(pictures, ((60, 100), (140, 110)), strict=True):
        cv2.ellipse(picture, centre, (25, 60), 0, 0, 360, 1.0, -1)
    return pictures[0] > 0, pictures[1] > 0


def test_the_frame_starts_on_the_midline_at_the_apices_with_an_adults_width() -> None:
    chest = real_chest(ellipses())
    assert chest.projection.to_pixels([(0, 0)])[0] == pytest.approx((100, 40), abs=1)
    assert 2 * chest.thorax.half_width_mm / chest.projection.mm_per_pixel == pytest.approx(131, abs=1)
    assert chest.outlines[0].points[:, 0].max() < 0 < chest.outlines[1].points[:, 0].min()
    assert chest.hilum(-1)[0] < 0 < chest.hilum(1)[0]


def test_lungs_are_those_of_the_masks_with_a_little_room() -> None:
    lungs = ellipses()
    for drawn, mask in zip(real_chest(lungs).lungs, lungs, strict=True):
        assert ((drawn > 0.4) & mask).sum() / ((drawn > 0.4) | mask).sum() > 0.9
        assert drawn[mask].mean() > 0.85
        assert not drawn[cv2.dilate(mask.astype(np.uint8), np.ones((7, 7), np.uint8)) == 0].any()


def test_the_mediastinum_lies_between_the_lungs_where_both_are() -> None:
    between = mediastinum_of(ellipses())
    y, x = np.nonzero(between)
    assert (x.min(), x.max()) == (86, 115)
    assert (y.min(), y.max()) == (50, 160)
