"""Tests of affine changes of boxes and images."""

from math import cos, radians, sin

import cv2
import numpy as np
import pytest
import torch

from model_training import warping
from model_training.warping import BoxRule


def turned(width: float, height: float, angle: float, rule: BoxRule) -> tuple[float, float]:
    """Return width and height of a box after a turn about its centre."""
    box = np.array([[512 - width / 2, 512 - height / 2, 512 + width / 2, 512 + height / 2]], dtype=np.float32)
    moved = warping.warp_boxes(box, warping.matrix(1024, angle_degrees=angle), rule)[0]
    assert (moved[0] + moved[2]) / 2 == pytest.approx(512, abs=1e-3)
    assert (moved[1] + moved[3]) / 2 == pytest.approx(512, abs=1e-3)
    return float(moved[2] - moved[0]), float(moved[3] - moved[1])


@pytest.mark.parametrize(
    ("width", "height", "angle", "corners", "eight_points"),
    [
        (219, 304, 6, (249.6, 325.2), (228.4, 310.0)),
        (219, 304, 12, (277.4, 342.9), (235.3, 312.5)),
        (218, 329, 3, (234.9, 340.0), (223.4, 332.4)),
        (200, 400, 6, (240.7, 418.7), (212.8, 404.8)),
        (110, 150, 6, (125.1, 160.7), (114.6, 153.0)),
    ],
)
def test_turned_boxes_have_the_recipes_sizes(
    width: float, height: float, angle: float, corners: tuple[float, float], eight_points: tuple[float, float]
) -> None:
    assert turned(width, height, angle, BoxRule.CORNERS) == pytest.approx(corners, abs=0.06)
    assert turned(width, height, angle, BoxRule.EIGHT_POINTS) == pytest.approx(eight_points, abs=0.06)


@pytest.mark.parametrize("angle", [-20.0, -6.0, 0.5, 3.0, 12.0, 30.0])
def test_eight_points_give_the_closed_form_for_pure_turns(angle: float) -> None:
    width, height, t = 120.0, 310.0, radians(abs(angle))
    expected = (
        max(width * cos(t) + height / 3 * sin(t), width / 3 * cos(t) + height * sin(t)),
        max(height * cos(t) + width / 3 * sin(t), height / 3 * cos(t) + width * sin(t)),
    )
    assert turned(width, height, angle, BoxRule.EIGHT_POINTS) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("rule", list(BoxRule))
def test_without_turn_and_shear_boxes_follow_scale_and_shift_exactly(rule: BoxRule) -> None:
    box = np.array([[10, 20, 110, 220]], dtype=np.float32)
    np.testing.assert_array_equal(warping.warp_boxes(box, warping.matrix(256), rule), box)
    moved = warping.warp_boxes(box, warping.matrix(256, (0.5, 2.0), shift=(3, -4)), rule)
    np.testing.assert_allclose(moved, [[72, -92, 122, 308]])


def test_mirroring_keeps_boxes_upright() -> None:
    box = np.array([[10, 20, 110, 220]], dtype=np.float32)
    mirrored = warping.warp_boxes(box, warping.matrix(256, (-1.0, 1.0)))
    np.testing.assert_allclose(mirrored, [[146, 20, 246, 220]])


def test_shear_turns_the_y_axis_alone() -> None:
    change = warping.matrix(100, shear_degrees=30)
    np.testing.assert_allclose(change[:, 0], [1, 0], atol=1e-12)
    np.testing.assert_allclose(change[:, 1], [-0.5, cos(radians(30))], atol=1e-12)


def test_hardly_visible_boxes_are_dropped_and_others_cut() -> None:
    window = np.array([0, 0, 100, 100], dtype=np.float32)
    own = np.array([[-50, 10, 50, 60], [-90, 10, 10, 60], [95, 0, 130, 90], [20, 20, 60, 60]], dtype=np.float32)
    kept = warping.visible(own, window, least_share=0.25, least_side=8)
    np.testing.assert_array_equal(kept, [[0, 10, 50, 60], [20, 20, 60, 60]])


@pytest.mark.parametrize("black", [True, False])
def test_warped_images_equal_opencvs(black: bool) -> None:
    random = np.random.default_rng(4)
    image = cv2.GaussianBlur(random.random((96, 96)).astype(np.float32), (0, 0), 3)
    change = warping.matrix(96, (0.8, 1.1), 9.0, 4.0, (5.5, -3.25))
    ours = warping.warp_images(torch.from_numpy(image)[None, None], change[None], torch.tensor([black]))[0, 0].numpy()
    # OpenCV counts from pixel centres: shift both frames by half a pixel
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    centred = np.linalg.inv(half) @ np.vstack([change, [0, 0, 1]]) @ half
    border = cv2.BORDER_CONSTANT if black else cv2.BORDER_REPLICATE
    theirs = cv2.warpAffine(image, centred[:2], (96, 96), flags=cv2.INTER_LINEAR, borderMode=border)
    # OpenCV's fixed-point weights have 1/32 pixel, and it fades its black border over one pixel
    difference = np.abs(ours - theirs)
    if black:
        inside = cv2.warpAffine(np.ones_like(image), centred[:2], (96, 96), borderMode=cv2.BORDER_CONSTANT)
        difference = difference[(inside > 0.999) | (inside < 0.001)]
    assert difference.max() < 0.01


def test_a_box_drawn_into_an_image_moves_with_it() -> None:
    image = np.zeros((128, 128), dtype=np.float32)
    image[40:90, 30:70] = 1
    change = warping.matrix(128, (0.9, 1.2), shift=(6, -9))
    moved = warping.warp_images(torch.from_numpy(image)[None, None], change[None], torch.tensor([True]))[0, 0].numpy()
    rows, columns = np.nonzero(moved > 0.5)
    found = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    expected = warping.warp_boxes(np.array([[30, 40, 70, 90]], dtype=np.float32), change)[0]
    np.testing.assert_allclose(found, expected, atol=1)
