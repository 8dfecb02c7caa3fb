"""The picture that leaves is the one that was seen, or every pixel; never the name."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from cxr_viewer.dicom.windowing import Window, WindowFunction, render
from cxr_viewer.ui import picture_export
from cxr_viewer.ui.main_window import MainWindow
from tests.cxr_viewer.ui.desks import Desk, press
from tests.cxr_viewer.ui.driving import click_in_menu
from tests.cxr_viewer.ui.readings import displayed
from tests.factories import dicom_file, radiograph

CONTROL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def _save_as(desk: Desk, window: MainWindow, path: Path) -> None:
    [dialog] = [found for found in window.findChildren(QFileDialog) if found.isVisible()]
    dialog.fileSelected.emit(str(path))
    dialog.close()
    desk.qtbot.waitUntil(path.exists, timeout=10_000)


@pytest.mark.drives("export_picture", "preset_2", "turn_right")
def test_the_picture_as_displayed_is_what_the_reader_saw(desk: Desk, tmp_path: Path) -> None:
    path = dicom_file(tmp_path / "one.dcm", radiograph(300, 260), PatientName="Secret^Name")
    window = desk.open(path).window
    view = window.image_view
    press(view, Qt.Key.Key_2)
    press(view, Qt.Key.Key_R)
    shown = view.grab().toImage()
    press(view, Qt.Key.Key_P, CONTROL_ALT)
    view.set_inverted(True)  # what comes after the question is not in the picture
    _save_as(desk, window, tmp_path / "shown.png")
    written = QImage(str(tmp_path / "shown.png"))
    assert written.size() == shown.size()
    below_corners = QRect(4, 60, shown.width() - 8, shown.height() - 70)
    assert written.copy(below_corners) == shown.copy(below_corners).convertToFormat(written.format())
    assert "Secret" not in (tmp_path / "shown.png").read_bytes().decode("latin-1")


def test_the_corners_of_the_picture_do_not_say_whose_it_is(desk: Desk, tmp_path: Path) -> None:
    path = dicom_file(tmp_path / "one.dcm", np.zeros((300, 260), np.uint16), PatientName="Secret^Name")
    view = desk.open(path, with_model=False).window.image_view
    view.zoom_by(20)  # nothing but the image and its corners is in sight
    named, picture = view.grab().toImage(), view.picture()
    corners = [(x, y) for x in range(4, 200) for y in range(6, 44)]
    assert len({picture.pixelColor(x, y).rgb() for x, y in corners}) == 1
    assert len({named.pixelColor(x, y).rgb() for x, y in corners}) > 1
    assert view.texts.top_left[0] == "Secret, Name"


@pytest.mark.drives("export_native", "turn_left", "preset_1")
def test_every_pixel_is_written_through_the_window_in_force(desk: Desk, tmp_path: Path) -> None:
    path = dicom_file(tmp_path / "one.dcm", radiograph(300, 260))
    window = desk.open(path).window
    view = window.image_view
    press(view, Qt.Key.Key_1)
    press(view, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    click_in_menu(window, "File", "export_native")
    _save_as(desk, window, tmp_path / "native.png")
    written = np.asarray(Image.open(tmp_path / "native.png"))
    assert view.image
    assert view.voi
    assert np.array_equal(written, render(view.image.pyramid.pixels, view.image.header, view.voi))


def test_sixteen_bits_are_windowed_whatever_their_range() -> None:
    values = np.linspace(-30_000, 30_000, 200 * 100).reshape(200, 100)
    for pixels in (values.astype(np.int16), (values + 30_000).astype(np.uint16), values.astype(np.float32)):
        image = displayed(pixels)
        low, high = float(pixels.min()), float(pixels.max())
        window = Window((low + high) / 2, high - low, WindowFunction.LINEAR_EXACT)
        picture = picture_export.native_picture(image, window, False)
        assert (picture.pixelColor(0, 0).red(), picture.pixelColor(99, 199).red()) == (0, 255)


def test_a_place_that_cannot_be_written_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    picture = picture_export.native_picture(displayed(), displayed().automatic, False)
    with pytest.raises(OSError, match="choose a folder"):
        picture_export.write(picture, tmp_path / "missing" / "a.png")
    assert list(tmp_path.iterdir()) == []
