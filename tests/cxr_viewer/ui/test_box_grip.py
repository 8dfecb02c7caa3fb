"""Taking hold of a box, moving and resizing it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_viewer.core.geometry import Box
from cxr_viewer.ui.box_grip import HANDLES, SMALLEST_SIDE, Grip, dragged, drawn, grip_at, handle_position

BOX = Box(100, 200, 300, 500)


def test_handles_stand_on_corners_and_middles() -> None:
    assert handle_position(BOX, Grip.TOP_LEFT) == (100, 200)
    assert handle_position(BOX, Grip.RIGHT) == (300, 350)
    assert handle_position(BOX, Grip.BOTTOM) == (200, 500)
    assert len(HANDLES) == 8


@pytest.mark.parametrize("grip", HANDLES)
def test_every_handle_can_be_taken(grip: Grip) -> None:
    x, y = handle_position(BOX, grip)
    assert grip_at(BOX, x + 3, y - 3, reach=5) is grip


def test_inside_is_the_body_and_outside_is_nothing() -> None:
    assert grip_at(BOX, 180, 300, reach=5) is Grip.BODY
    assert grip_at(BOX, 50, 300, reach=5) is None


@given(st.sampled_from(list(Grip)), st.floats(-2000, 2000), st.floats(-2000, 2000))
def test_a_dragged_box_stays_in_the_image_and_keeps_an_area(grip: Grip, dx: float, dy: float) -> None:
    box = dragged(BOX, grip, dx, dy, 1000, 800)
    assert 0 <= box.x1 < box.x2 <= 800
    assert 0 <= box.y1 < box.y2 <= 1000
    assert min(box.width, box.height) >= SMALLEST_SIDE - 1e-6


@given(st.floats(-2000, 2000), st.floats(-2000, 2000))
def test_a_moved_box_keeps_its_size(dx: float, dy: float) -> None:
    box = dragged(BOX, Grip.BODY, dx, dy, 1000, 800)
    assert (box.width, box.height) == pytest.approx((200, 300))


def test_only_the_side_that_is_held_moves() -> None:
    assert dragged(BOX, Grip.LEFT, -10, 99, 1000, 800) == Box(90, 200, 300, 500)
    assert dragged(BOX, Grip.BOTTOM_RIGHT, 5, 6, 1000, 800) == Box(100, 200, 305, 506)


def test_a_slip_of_the_hand_draws_nothing() -> None:
    assert drawn((10, 10), (12, 200), 1000, 800) is None
    assert drawn((50, 60), (10, -20), 1000, 800) == Box(10, 0, 50, 60)
