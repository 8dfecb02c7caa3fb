"""Eight ways to lay an image on a screen, and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_viewer.core.geometry import Box
from cxr_viewer.ui.box_grip import HANDLES, Grip, handle_position
from cxr_viewer.ui.orientation import UPRIGHT, Orientation
from cxr_viewer.ui.view_transform import ViewTransform

ALL = tuple(Orientation(turns, is_mirrored) for is_mirrored in (False, True) for turns in range(4))
orientations = st.sampled_from(ALL)
native = st.floats(-500, 6000)


@given(
    orientations,
    st.floats(0.1, 16),
    st.floats(-20_000, 20_000),
    st.floats(-20_000, 20_000),
    st.floats(0.125, 8),
    native,
    native,
)
def test_a_point_comes_back_within_a_hundredth_of_a_pixel(
    orientation: Orientation, zoom: float, left: float, top: float, aspect: float, x: float, y: float
) -> None:
    transform = ViewTransform(zoom, left, top, orientation, aspect)
    assert transform.to_image(*transform.to_view(x, y)) == pytest.approx((x, y), abs=0.01)


@given(orientations, st.floats(0.1, 16), native, native, st.floats(1, 3000), st.floats(1, 3000))
def test_a_box_on_the_screen_is_the_native_box(
    orientation: Orientation, zoom: float, x: float, y: float, width: float, height: float
) -> None:
    transform = ViewTransform(zoom, 123.4, -56.7, orientation)
    seen = transform.box_in_view(Box(x, y, x + width, y + height))
    back = Box.spanning(transform.to_image(seen.x1, seen.y1), transform.to_image(seen.x2, seen.y2))
    assert (back.x1, back.y1, back.x2, back.y2) == pytest.approx((x, y, x + width, y + height), abs=0.01)
    sides = (height, width) if orientation.is_sideways else (width, height)
    assert (seen.width, seen.height) == pytest.approx((sides[0] * zoom, sides[1] * zoom), rel=1e-6, abs=1e-3)


@given(orientations, orientations, st.floats(0.1, 16), native, native)
def test_turning_about_a_point_keeps_it(
    before: Orientation, after: Orientation, zoom: float, x: float, y: float
) -> None:
    transform = ViewTransform(zoom, 40, 50, before)
    turned = transform.oriented(after, x, y)
    assert turned.to_image(x, y) == pytest.approx(transform.to_image(x, y), abs=0.01)


@pytest.mark.parametrize("orientation", ALL, ids=lambda found: found.words or "upright")
def test_pixels_lie_where_their_points_lie(orientation: Orientation) -> None:
    pixels = np.arange(12).reshape(3, 4)
    seen = orientation.seen(pixels)
    corner = ViewTransform(1.0, 0.0, 0.0, orientation).box_in_view(Box(0, 0, 4, 3))
    transform = ViewTransform(1.0, -corner.x1, -corner.y1, orientation)
    for row in range(3):
        for column in range(4):
            x, y = transform.to_view(column + 0.5, row + 0.5)
            assert seen[int(y), int(x)] == pixels[row, column]


def test_what_the_reader_asks_for_happens_on_the_screen() -> None:
    picture = np.arange(6).reshape(2, 3)
    for before in ALL:
        seen = before.seen(picture)
        assert np.array_equal(before.turned_right().seen(picture), np.rot90(seen, -1))
        assert np.array_equal(before.turned_left().seen(picture), np.rot90(seen))
        assert np.array_equal(before.flipped_across().seen(picture), np.fliplr(seen))
        assert np.array_equal(before.flipped_down().seen(picture), np.flipud(seen))


def test_all_eight_are_different_and_have_words_of_their_own() -> None:
    picture = np.arange(6).reshape(2, 3)
    assert len({(found.seen(picture).shape, found.seen(picture).tobytes()) for found in ALL}) == 8
    assert len({found.words for found in ALL}) == 8
    assert UPRIGHT.words == ""


@pytest.mark.parametrize("orientation", ALL, ids=lambda found: found.words or "upright")
def test_a_grip_is_seen_where_its_handle_is_drawn(orientation: Orientation) -> None:
    transform, box = ViewTransform(2.0, 5.0, 6.0, orientation), Box(10, 20, 40, 80)
    for grip in HANDLES:
        where = transform.to_view(*handle_position(box, grip))
        assert handle_position(transform.box_in_view(box), orientation.grip_on_screen(grip)) == pytest.approx(where)
        assert orientation.native_grip(orientation.grip_on_screen(grip)) is grip
    assert orientation.native_grip(Grip.BODY) is Grip.BODY


@given(orientations, st.integers(100, 4000), st.integers(100, 4000), st.floats(0.125, 8))
def test_fitting_shows_the_whole_image_however_it_lies(
    orientation: Orientation, rows: int, columns: int, aspect: float
) -> None:
    transform = ViewTransform.fitting(rows, columns, 800, 600, 10, orientation, aspect)
    seen = transform.box_in_view(Box(0, 0, columns, rows))
    assert min(seen.x1, seen.y1) >= 10 - 1e-6
    assert seen.x2 <= 790 + 1e-6
    assert seen.y2 <= 590 + 1e-6
    assert (seen.x1 + seen.x2, seen.y1 + seen.y2) == pytest.approx((800, 600))
