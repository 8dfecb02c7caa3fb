"""How the image is seen, by keys, on a real window."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from cxr_viewer.core.geometry import Box
from cxr_viewer.ui.image_view import ImageView
from cxr_viewer.ui.orientation import UPRIGHT, Orientation
from cxr_viewer.ui.overlay import Kind, OverlayBox
from tests.cxr_viewer.ui.desks import Desk, drag, press

SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def view(desk: Desk, ward: Path) -> Iterator[ImageView]:
    """The view of a window on three radiographs, without a model."""
    shown = desk.open(ward, with_model=False).window.image_view
    shown.setFocus()
    return shown


def seen(view: ImageView) -> NDArray[np.uint8]:
    """Return what stands on the screen where the image is, grey."""
    assert view.image
    area = view.transform.box_in_view(Box(0, 0, view.image.columns, view.image.rows))
    view.set_peeking(True)
    picture = view.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    view.set_peeking(False)
    whole = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    return whole[round(area.y1) : round(area.y2), round(area.x1) : round(area.x2)].copy()


@pytest.mark.drives("flip_across", "flip_down", "turn_right", "turn_left")
def test_keys_mirror_and_turn_what_is_on_the_screen(view: ImageView) -> None:
    upright = seen(view)
    press(view, Qt.Key.Key_H)
    assert view.transform.orientation == Orientation(0, is_mirrored=True)
    assert np.abs(seen(view).astype(int) - np.fliplr(upright)).mean() < 3
    press(view, Qt.Key.Key_H)
    press(view, Qt.Key.Key_V)
    assert np.abs(seen(view).astype(int) - np.flipud(upright)).mean() < 3
    press(view, Qt.Key.Key_V)
    press(view, Qt.Key.Key_R)
    assert view.transform.orientation == Orientation(1)
    press(view, Qt.Key.Key_R, SHIFT)
    assert view.transform.orientation == UPRIGHT
    assert np.array_equal(seen(view), upright)


def test_the_corner_says_that_the_view_is_turned(view: ImageView, desk: Desk) -> None:
    press(view, Qt.Key.Key_R)
    assert "turned right" in view.texts.bottom_left
    press(view, Qt.Key.Key_R, SHIFT)
    assert "turned right" not in view.texts.bottom_left


@pytest.mark.drives("turn_right", "next_instance")
def test_the_next_image_lies_upright(view: ImageView, desk: Desk) -> None:
    press(view, Qt.Key.Key_R)
    press(view, Qt.Key.Key_D)
    desk.wait_for_detections()
    assert view.transform.orientation == UPRIGHT


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize("turns", range(4))
def test_drawing_and_pulling_work_however_the_image_lies(
    view: ImageView, desk: Desk, turns: int, is_mirrored: bool
) -> None:
    assert desk.workspace
    session = desk.workspace.session
    view.set_orientation(Orientation(turns, is_mirrored))
    press(view, Qt.Key.Key_B)
    drag(view, (60, 80), (160, 200))
    (finding,) = session.findings
    assert _corners(finding.box) == pytest.approx((60, 80, 160, 200), abs=1)
    session.select(finding.uid)
    drag(view, (160, 200), (180, 230))
    (finding,) = session.findings
    assert _corners(finding.box) == pytest.approx((60, 80, 180, 230), abs=1.5)


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize("turns", range(4))
def test_arrow_keys_move_and_resize_in_the_direction_the_reader_sees(
    view: ImageView, turns: int, is_mirrored: bool
) -> None:
    assert view.image
    view.set_orientation(Orientation(turns, is_mirrored))
    chosen = OverlayBox("f", Kind.FINDING, Box(60, 80, 160, 200), "", is_selected=True)
    before, zoom = view.transform.box_in_view(chosen.box), view.transform.zoom
    changed: list[Box] = []
    view.box_changed.disconnect()
    view.box_changed.connect(lambda _key, _uid, box: changed.append(box))
    view.set_boxes((chosen,))
    press(view, Qt.Key.Key_Right, SHIFT)
    moved = view.transform.box_in_view(changed[0])
    assert _corners(moved) == pytest.approx(_corners(before.moved(10 * zoom, 0)))
    press(view, Qt.Key.Key_Down, CONTROL)
    grown = view.transform.box_in_view(changed[1])
    assert _corners(grown) == pytest.approx((before.x1, before.y1, before.x2, before.y2 + zoom))


@pytest.mark.parametrize("turns", range(4))
def test_the_cursor_shows_which_way_a_handle_pulls(view: ImageView, turns: int) -> None:
    view.set_orientation(Orientation(turns))
    view.set_boxes((OverlayBox("f", Kind.FINDING, Box(60, 80, 160, 200), "", is_selected=True),))
    x, y = (round(value) for value in view.transform.to_view(60, 140))
    QTest.mouseMove(view, QPoint(x + 3, y))
    QTest.mouseMove(view, QPoint(x, y))
    sideways = Qt.CursorShape.SizeVerCursor if turns % 2 else Qt.CursorShape.SizeHorCursor
    assert view.cursor().shape() is sideways


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x1, box.y1, box.x2, box.y2
