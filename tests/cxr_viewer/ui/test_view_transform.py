"""Zoom, pan and fit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_viewer.core.geometry import Box
from cxr_viewer.ui.orientation import Orientation
from cxr_viewer.ui.view_transform import LARGEST_ZOOM, SMALLEST_ZOOM, ViewTransform

numbers = st.floats(-5000, 5000)
zooms = st.floats(SMALLEST_ZOOM, LARGEST_ZOOM)


@given(zooms, numbers, numbers, numbers, numbers)
def test_there_and_back_is_the_same_point(zoom: float, left: float, top: float, x: float, y: float) -> None:
    transform = ViewTransform(zoom, left, top)
    assert transform.to_image(*transform.to_view(x, y)) == pytest.approx((x, y), abs=1e-4)


@given(zooms, numbers, numbers, st.floats(0.2, 5), numbers, numbers)
def test_zooming_keeps_the_point_under_the_cursor(
    zoom: float, left: float, top: float, factor: float, x: float, y: float
) -> None:
    before = ViewTransform(zoom, left, top)
    after = before.zoomed(factor, x, y)
    assert after.to_image(x, y) == pytest.approx(before.to_image(x, y), abs=1e-3)
    assert SMALLEST_ZOOM <= after.zoom <= LARGEST_ZOOM


def test_fitting_shows_the_whole_image_in_the_middle() -> None:
    transform = ViewTransform.fitting(3000, 2000, 800, 620, margin=10)
    assert transform.zoom == pytest.approx(0.2)
    assert transform.box_in_view(Box(0, 0, 2000, 3000)) == Box(200, 10, 600, 610)


@given(zooms, numbers, numbers)
def test_the_image_cannot_be_lost(zoom: float, left: float, top: float) -> None:
    kept = ViewTransform(zoom, left, top).kept_in_sight(1000, 800, 640, 480)
    box = kept.box_in_view(Box(0, 0, 800, 1000))
    assert box.x2 > 0
    assert box.x1 < 640
    assert box.y2 > 0
    assert box.y1 < 480


def test_centring_puts_the_point_in_the_middle() -> None:
    transform = ViewTransform.centred_on(120, 340, 2.5, 640, 480)
    assert transform.to_view(120, 340) == (320, 240)


@given(st.integers(0, 3), st.booleans(), st.floats(0.05, 8), st.floats(-500, 500))
def test_many_boxes_are_placed_as_single_ones(turns: int, mirrored: bool, zoom: float, left: float) -> None:
    transform = ViewTransform(zoom, left, 17.0, Orientation(turns, mirrored))
    boxes = [Box(10, 20, 40, 80), Box(0, 0, 300, 200)]
    native = np.array([(box.x1, box.y1, box.x2, box.y2) for box in boxes])
    expected = [(b.x1, b.y1, b.x2, b.y2) for b in map(transform.box_in_view, boxes)]
    np.testing.assert_allclose(transform.boxes_in_view(native), expected, atol=1e-6)
