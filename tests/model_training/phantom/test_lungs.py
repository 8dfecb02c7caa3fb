"""Lungs found in radiographs, and what is refused."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from cxr_viewer.dicom import pixels, windowing
from model_training.phantom.lungs import LungsNotFoundError, find_lungs
from model_training.phantom.opacities import Mask
from tests import real_data
from tests.model_training.phantom.clear_chests import SIDE, clear_chest


def iou(first: Mask, second: Mask) -> float:
    return float((first & second).sum() / (first | second).sum())


def hand() -> NDArray[np.uint8]:
    """Return a bright palm with five fingers on black, soft at its edges."""
    picture = np.full((SIDE, SIDE), 8, np.uint8)
    cv2.ellipse(picture, (128, 180), (52, 48), 0, 0, 360, 190.0, -1)
    for tip in ((50, 140), (88, 50), (120, 34), (152, 44), (186, 74)):
        cv2.line(picture, (128 + (tip[0] - 128) // 3, 165), tip, 200.0, 18)
        cv2.line(picture, (128 + (tip[0] - 128) // 3, 165), tip, 240.0, 7)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 2), np.uint8)


def test_the_lungs_of_simulated_chests_are_found() -> None:
    found = [(find_lungs(image), truth) for image, truth in map(clear_chest, range(8))]
    overlaps = [iou(mask, known) for masks, truth in found for mask, known in zip(masks, truth, strict=True)]
    assert np.median(overlaps) > 0.75
    assert min(overlaps) > 0.5
    for (right, left), _ in found:
        assert not (right & left).any()
        assert np.nonzero(right)[1].mean() < np.nonzero(left)[1].mean()


def test_masks_have_the_shape_of_the_image() -> None:
    image, _ = clear_chest(0)
    wide = cv2.copyMakeBorder(image, 0, 0, 20, 20, cv2.BORDER_CONSTANT, value=0)
    larger = np.asarray(cv2.resize(wide, None, fx=2, fy=2), np.uint8)
    right, left = find_lungs(larger)
    assert right.shape == left.shape == larger.shape
    small = find_lungs(np.asarray(wide, np.uint8))
    assert iou(cv2.resize(small[0].astype(np.uint8), larger.shape[::-1]) > 0, right) > 0.85


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (np.full((SIDE, SIDE), 120, np.uint8), "hardly any contrast"),
        (np.tile(np.linspace(0, 255, SIDE).astype(np.uint8), (SIDE, 1)), "no lung"),
        (hand(), "lung"),
        (255 - clear_chest(0)[0], "lung"),
        (clear_chest(0)[0][:, : SIDE // 2], "lung"),
    ],
    ids=["blank", "ramp", "hand", "inverted", "half"],
)
def test_what_is_no_frontal_chest_is_refused(image: NDArray[np.uint8], words: str) -> None:
    with pytest.raises(LungsNotFoundError, match=words):
        find_lungs(image)


def test_lungs_of_real_frontal_chests_are_found_and_hips_and_legs_are_refused() -> None:
    paths = sorted(real_data.folder("images/nih-cxr14").glob("*.png"))
    clear = [path for path in paths if path.stem in ("00000002_000", "00001543_004", "00001543_006", "00000001_000")]
    assert len(clear) == 4
    for path in clear:
        right, left = find_lungs(windowing.presentation(pixels.decode(path)))
        assert 0.03 < right.mean() < 0.24
        assert 0.03 < left.mean() < 0.24
    for name in ("RG2", "RG3"):
        path = min(real_data.folder("dicom/nema-wg04").glob(f"*{name}*"))
        with pytest.raises(LungsNotFoundError):
            find_lungs(windowing.presentation(pixels.decode(path)))
