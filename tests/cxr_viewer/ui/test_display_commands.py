"""How the image is seen, by keys, on a real window."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from cxr_viewer.core.geometry import Box
from cxr_viewer.dicom.windowing import VoiLut, Window
from cxr_viewer.ui.image_view import ImageView
from cxr_viewer.ui.orientation import UPRIGHT, Orientation
from cxr_viewer.ui.overlay import Kind, OverlayBox
from tests.cxr_viewer.ui.desks import Desk, drag, press
from tests.factories import dicom_dataset, dicom_file, radiograph

SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def view(desk: Desk, ward: Path) -> ImageView:
    """The view of a window on three radiographs, without a model."""
    shown = desk.open(ward, with_model=False).window.image_view
    shown.setFocus()
    return shown


def _is_lut(view: ImageView) -> bool:
    return isinstance(view.voi, VoiLut)


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


def _windows_of(folder: Path) -> Path:
    """Write two images whose scales differ by ten, with windows, a sigmoid and VOI LUTs of their makers."""
    for number, scale in enumerate((1, 10)):
        path = folder / f"{number}.dcm"
        curve = Dataset()
        curve.LUTExplanation = "Hard & sharp"
        curve.add_new(0x00283002, "US", [256, 0, 8])
        curve.add_new(0x00283006, "US", list(range(256)))
        elements = {
            "WindowCenter": [2000 * scale, 1500 * scale, 1000 * scale],
            "WindowWidth": [3000 * scale, 900 * scale, 500 * scale],
            "WindowCenterWidthExplanation": ["Normal", "Soft", "Third"],
            "BitsStored": 16,
            "HighBit": 15,
            "InstanceNumber": number,
            "PatientID": "P",
        }
        pixels = (radiograph(300, 260) * scale).astype(np.uint16)
        dataset = dicom_dataset(pixels, **(elements | ({"VOILUTFunction": "SIGMOID"} if number else {})))
        dataset.VOILUTSequence = Sequence([curve])
        path.parent.mkdir(parents=True, exist_ok=True)
        dataset.save_as(path, enforce_file_format=True)
    return folder


@pytest.mark.drives("preset_5", "preset_6", "preset_7", "preset_8")
def test_windows_and_luts_of_the_header_are_on_keys_by_their_names(desk: Desk, tmp_path: Path) -> None:
    workspace = desk.open(_windows_of(tmp_path / "ward"), with_model=False)
    view, named = workspace.window.image_view, workspace.window.named_actions
    offered = [action.text() for action in workspace.window.header_actions() if action.isVisible()]
    assert offered == ["Hard && sharp", "Normal", "Soft", "Third"]
    view.setFocus()
    press(view, Qt.Key.Key_5)
    assert _is_lut(view)
    assert "Hard & sharp" in view.texts.bottom_left[0]
    for key, centre in ((Qt.Key.Key_6, 2000), (Qt.Key.Key_7, 1500), (Qt.Key.Key_8, 1000)):
        press(view, key)
        assert isinstance(view.voi, Window)
        assert view.voi.centre == centre
    assert not named["preset_9"].isVisible()
    press(view, Qt.Key.Key_PageDown)
    desk.wait_for_detections()
    assert [action.text() for action in workspace.window.header_actions() if action.isVisible()][1:] == [
        "Normal (sigmoid)",
        "Soft (sigmoid)",
        "Third (sigmoid)",
    ]


@pytest.mark.drives("preset_9")
def test_the_fifth_window_of_the_header_has_the_last_key_and_further_ones_stand_in_the_menu(
    desk: Desk, tmp_path: Path
) -> None:
    path = dicom_file(
        tmp_path / "one.dcm",
        radiograph(300, 260),
        WindowCenter=[2000, 1900, 1800, 1700, 1600, 1500],
        WindowWidth=[3000, 3000, 3000, 3000, 3000, 3000],
    )
    window = desk.open(path, with_model=False).window
    view = window.image_view
    press(view, Qt.Key.Key_9)
    assert isinstance(view.voi, Window)
    assert view.voi.centre == 1600
    last = window.preset_menu.actions()[-1]
    assert last.text() == "Header window 6"
    last.trigger()
    assert view.voi.centre == 1500


@pytest.mark.drives("keep_window", "next_instance", "previous_instance", "preset_1", "preset_6")
def test_a_kept_window_is_derived_anew_for_the_next_image(desk: Desk, tmp_path: Path) -> None:
    workspace = desk.open(_windows_of(tmp_path / "ward"), with_model=False)
    view = workspace.window.image_view
    view.setFocus()
    press(view, Qt.Key.Key_W, SHIFT)
    assert workspace.window.named_actions["keep_window"].isChecked()

    press(view, Qt.Key.Key_1)
    lung = _window(view)
    press(view, Qt.Key.Key_D)
    desk.wait_for_detections()
    assert _window(view).centre == pytest.approx(lung.centre * 10, rel=0.01)
    assert _window(view).explanation == "Lung"

    drag(view, (130, 150), (170, 150))
    by_hand = _window(view)
    press(view, Qt.Key.Key_A)
    desk.wait_for_detections()
    assert _window(view).width == pytest.approx(by_hand.width / 10, rel=0.05)

    press(view, Qt.Key.Key_6)
    press(view, Qt.Key.Key_I)
    press(view, Qt.Key.Key_D)
    desk.wait_for_detections()
    # The other image has a window of that name with another curve, so it is another window: it opens as it would.
    assert view.image
    assert view.voi is view.image.automatic
    assert view.is_inverted


@pytest.mark.drives("keep_window", "next_instance", "preset_1", "invert")
def test_without_keeping_every_image_opens_in_its_own_window_and_polarity(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward, with_model=False)
    view = workspace.window.image_view
    for _ in range(2):
        press(view, Qt.Key.Key_W, SHIFT)
    press(view, Qt.Key.Key_1)
    press(view, Qt.Key.Key_I)
    assert view.is_inverted
    press(view, Qt.Key.Key_D)
    desk.wait_for_detections()
    assert view.image
    assert view.voi is view.image.automatic
    assert not view.is_inverted


@pytest.mark.drives("keep_window")
def test_keeping_the_window_is_remembered_for_the_next_start(desk: Desk, ward: Path) -> None:
    press(desk.open(ward, with_model=False).window.image_view, Qt.Key.Key_W, SHIFT)
    desk.close()
    workspace = desk.start(with_model=False)
    assert workspace.window.named_actions["keep_window"].isChecked()
    assert workspace.display.keeper.is_kept


def _window(view: ImageView) -> Window:
    assert isinstance(view.voi, Window)
    return view.voi


def test_the_place_of_a_turned_view_is_kept_in_native_pixels(desk: Desk, ward: Path) -> None:
    view = desk.open(ward, with_model=False).window.image_view
    view.set_orientation(Orientation(1, is_mirrored=True))
    view.restore(3.0, (90.0, 210.0))
    desk.close()
    again = desk.open(ward, with_model=False).window.image_view
    assert again.transform.orientation == UPRIGHT
    assert again.transform.zoom == pytest.approx(3.0)
    assert again.centre() == pytest.approx((90.0, 210.0), abs=0.5)
