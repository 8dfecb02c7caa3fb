"""Mouse and keys on the image, and what is painted."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cxr_viewer.core.geometry import Box
from cxr_viewer.dicom import windowing
from cxr_viewer.dicom.windowing import Window, WindowFunction
from cxr_viewer.ui import palette
from cxr_viewer.ui.image_view import ImageView, Tool
from cxr_viewer.ui.overlay import Kind, OverlayBox
from tests.cxr_viewer.ui.desks import drag, press
from tests.cxr_viewer.ui.readings import KEY, OTHER_KEY, displayed

FINDING = OverlayBox("f", Kind.FINDING, Box(60, 80, 160, 200), "accepted", is_selected=True)
INNER = OverlayBox("inner", Kind.DETECTION, Box(90, 100, 120, 130), "")


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[ImageView]:
    made = ImageView()
    qtbot.addWidget(made)
    made.resize(640, 700)
    made.show()
    made.show_image(displayed())
    made.setFocus()
    yield made
    made.close()


def _at(view: ImageView, x: float, y: float) -> QPoint:
    return QPoint(*(round(value) for value in view.transform.to_view(x, y)))


def _colour(view: ImageView, point: QPoint) -> tuple[int, int, int]:
    picture = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    colour = picture.pixelColor(point)
    return colour.red(), colour.green(), colour.blue()


def test_left_drag_on_the_image_changes_the_window(view: ImageView) -> None:
    before = view.voi
    assert isinstance(before, Window)
    drag(view, (100, 100), (160, 100))
    assert isinstance(view.voi, Window)
    assert view.voi.width > before.width


def test_a_click_chooses_the_smallest_box_and_the_next_click_the_larger(view: ImageView, qtbot: QtBot) -> None:
    outer = OverlayBox("outer", Kind.DETECTION, Box(60, 80, 160, 200), "")
    view.set_boxes((outer, INNER))
    with qtbot.waitSignal(view.box_chosen) as chosen:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=_at(view, 100, 110))
    assert chosen.args == ["inner"]
    view.set_boxes((outer, OverlayBox("inner", Kind.DETECTION, INNER.box, "", is_selected=True)))
    with qtbot.waitSignal(view.box_chosen) as chosen:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=_at(view, 100, 110))
    assert chosen.args == ["outer"]


def test_a_click_on_nothing_chooses_nothing(view: ImageView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.box_chosen) as chosen:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=_at(view, 250, 290))
    assert chosen.args == [""]


def test_a_chosen_finding_is_moved_and_resized_once_the_button_is_released(view: ImageView, qtbot: QtBot) -> None:
    view.set_boxes((FINDING,))
    with qtbot.waitSignal(view.box_changed) as moved:
        drag(view, (110, 140), (130, 150))
    assert moved.args
    key, uid, box = moved.args
    assert (key, uid) == (KEY, "f")
    assert (box.x1, box.y1) == pytest.approx((80, 90), abs=1)
    with qtbot.waitSignal(view.box_changed) as resized:
        drag(view, (160, 200), (180, 220))
    assert resized.args
    assert (resized.args[2].x1, resized.args[2].x2) == pytest.approx((60, 180), abs=1)


def test_a_gesture_ends_when_another_image_comes(view: ImageView, qtbot: QtBot) -> None:
    view.set_boxes((FINDING,))
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=_at(view, 110, 140))
    QTest.mouseMove(view, _at(view, 140, 170))
    view.show_image(displayed(key=OTHER_KEY))
    with qtbot.assertNotEmitted(view.box_changed):
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=_at(view, 140, 170))


def test_drawing_reports_a_box_inside_the_image(view: ImageView, qtbot: QtBot) -> None:
    view.set_tool(Tool.BOX)
    with qtbot.waitSignal(view.box_drawn) as drawn:
        drag(view, (200, 200), (400, 500))
    assert drawn.args
    assert drawn.args[0] == KEY
    assert (drawn.args[1].x2, drawn.args[1].y2) == (260, 300)


def test_wheel_zooms_about_the_cursor(view: ImageView) -> None:
    point = _at(view, 50, 60)
    before = view.transform
    event = QWheelEvent(
        QPointF(point),
        QPointF(view.mapToGlobal(point)),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)
    assert view.transform.zoom > before.zoom
    assert view.transform.to_image(point.x(), point.y()) == pytest.approx((50, 60), abs=0.5)
    assert not view.is_fitted


def test_middle_drag_pans_and_right_drag_zooms(view: ImageView, qtbot: QtBot) -> None:
    before = view.transform
    drag(view, (100, 100), (120, 110), Qt.MouseButton.MiddleButton)
    assert view.transform.zoom == before.zoom
    assert view.transform.left > before.left
    with qtbot.assertNotEmitted(view.menu_asked):
        drag(view, (100, 100), (100, 60), Qt.MouseButton.RightButton)
    assert view.transform.zoom > before.zoom
    with qtbot.waitSignal(view.menu_asked):
        QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=_at(view, 100, 100))


def test_one_to_one_shows_a_pixel_on_a_pixel(view: ImageView) -> None:
    view.show_one_to_one()
    assert view.transform.zoom == pytest.approx(1 / view.devicePixelRatioF())
    view.fit()
    assert view.is_fitted


def test_arrow_keys_nudge_and_resize_the_chosen_finding(view: ImageView, qtbot: QtBot) -> None:
    view.set_boxes((FINDING,))
    expected = {
        Qt.KeyboardModifier.NoModifier: Box(61, 80, 161, 200),
        Qt.KeyboardModifier.ShiftModifier: Box(70, 80, 170, 200),
        Qt.KeyboardModifier.ControlModifier: Box(60, 80, 161, 200),
    }
    for modifiers, box in expected.items():
        with qtbot.waitSignal(view.box_changed) as changed:
            press(view, Qt.Key.Key_Right, modifiers)
        assert changed.args == [KEY, "f", box]


def test_tab_steps_through_the_boxes_and_keeps_the_keyboard(view: ImageView, qtbot: QtBot) -> None:
    for key, step in ((Qt.Key.Key_Tab, 1), (Qt.Key.Key_Backtab, -1)):
        with qtbot.waitSignal(view.box_stepped) as stepped:
            press(view, key)
        assert stepped.args == [step]


def test_space_held_hides_everything_over_the_image(view: ImageView) -> None:
    view.set_boxes((FINDING,))
    corner = _at(view, 60, 120)
    finding = (0x4C, 0xC9, 0xF0)
    assert _colour(view, corner) == finding
    QTest.keyPress(view, Qt.Key.Key_Space)
    assert _colour(view, corner) != finding
    assert len({*_colour(view, corner)}) == 1, "grey: the image itself"
    QTest.keyRelease(view, Qt.Key.Key_Space)
    assert _colour(view, corner) == finding


def test_image_is_painted_as_the_one_pixel_path_renders_it(view: ImageView) -> None:
    image = view.image
    assert image
    view.set_boxes(())
    view.restore(8.0, (130.5, 150.5))
    grey = windowing.render(image.pyramid.pixels, image.header, image.automatic)
    for x, y in ((130, 150), (110, 140), (150, 165)):
        shown = _colour(view, _at(view, x + 0.5, y + 0.5))
        assert abs(shown[0] - int(grey[y, x])) <= 3, "smoothing aside"


def test_lines_are_two_pixels_wide_at_any_zoom(view: ImageView) -> None:
    for zoom in (1.0, 6.0):
        view.set_boxes((OverlayBox("f", Kind.FINDING, Box(60, 80, 160, 200), ""),))
        view.restore(zoom, (60.0, 140.0))
        middle = _at(view, 60, 140)
        row = [_colour(view, QPoint(middle.x() + dx, middle.y())) for dx in range(-8, 9)]
        assert 1 <= sum(colour == (0x4C, 0xC9, 0xF0) for colour in row) <= 3


def test_nothing_open_is_pure_black(view: ImageView) -> None:
    view.show_image(None)
    view.clearFocus()
    picture = view.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    assert np.frombuffer(picture.constBits(), np.uint8).max() == 0
    assert palette.CANVAS == "#000000"


def test_inverting_swaps_black_and_white(view: ImageView) -> None:
    view.set_voi(Window(2000, 3000, WindowFunction.LINEAR_EXACT))
    point = _at(view, 130, 280)
    before = _colour(view, point)[0]
    view.set_inverted(True)
    assert abs(255 - before - _colour(view, point)[0]) <= 2
