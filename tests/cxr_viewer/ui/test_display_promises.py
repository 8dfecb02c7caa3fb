"""What users of other viewers complain about, in a whole window: polarity, depth, slope, and the way back."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from cxr_viewer.core.geometry import Box
from cxr_viewer.ui.image_view import ImageView
from tests.cxr_viewer.ui.desks import Desk, drag, press
from tests.factories import dicom_file, radiograph

STORED = radiograph(300, 260)


def _seen(view: ImageView) -> NDArray[np.uint8]:
    """Return the image as it stands on the screen, grey, without what is over it."""
    assert view.image
    area = view.transform.box_in_view(Box(0, 0, view.image.columns, view.image.rows))
    view.set_peeking(True)
    picture = view.picture().convertToFormat(QImage.Format.Format_Grayscale8)
    view.set_peeking(False)
    whole = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    return whole[round(area.y1) + 2 : round(area.y2) - 2, round(area.x1) + 2 : round(area.x2) - 2].copy()


def _opened(desk: Desk, path: Path) -> ImageView:
    window = desk.open(path, with_model=False).window
    desk.qtbot.waitUntil(lambda: window.panel.width() > 0 and min(window.splitter.sizes()) > 0)  # laid out
    window.image_view.setFocus()
    return window.image_view


@pytest.mark.drives("preset_1", "preset_`", "invert", "fit")
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_polarity_is_the_same_on_opening_and_after_every_way_back(desk: Desk, tmp_path: Path, photometric: str) -> None:
    view = _opened(desk, dicom_file(tmp_path / "a.dcm", STORED, PhotometricInterpretation=photometric))
    opened = _seen(view)
    press(view, Qt.Key.Key_1)
    press(view, Qt.Key.Key_I)
    drag(view, (50, 50), (120, 90))
    press(view, Qt.Key.Key_I)
    press(view, Qt.Key.Key_QuoteLeft)
    press(view, Qt.Key.Key_Equal)
    assert np.array_equal(_seen(view), opened)


def test_a_negative_stored_as_such_looks_like_its_positive(desk: Desk, tmp_path: Path) -> None:
    positive = _seen(_opened(desk, dicom_file(tmp_path / "p.dcm", STORED)))
    desk.close()
    twins: dict[str, tuple[dict[str, object], NDArray[np.integer]]] = {
        "minimum white": ({"PhotometricInterpretation": "MONOCHROME1"}, 4095 - STORED),
        "a slope below zero": ({"RescaleSlope": -1, "RescaleIntercept": 4095, "RescaleType": "US"}, 4095 - STORED),
        "minimum white, presentation inverse": (
            {"PhotometricInterpretation": "MONOCHROME1", "PresentationLUTShape": "INVERSE"},
            4095 - STORED,
        ),
    }
    for number, (elements, stored) in enumerate(twins.values()):
        path = dicom_file(tmp_path / f"{number}.dcm", stored.astype(np.uint16), **elements)
        assert np.abs(_seen(_opened(desk, path)).astype(int) - positive).max() <= 2
        desk.close()


@pytest.mark.drives("preset_1", "preset_2", "preset_3", "preset_4", "preset_0", "preset_`", "invert")
@pytest.mark.parametrize("depth", ["uint16", "int16", "with a fraction"])
def test_sixteen_bits_go_through_every_window_and_the_widest_drags(desk: Desk, tmp_path: Path, depth: str) -> None:
    pixels = radiograph(300, 260).astype(np.int32) * 16
    elements: dict[str, object] = {"BitsStored": 16, "HighBit": 15}
    if depth == "int16":
        pixels, elements = pixels - 32_768, elements | {"PixelRepresentation": 1}
    if depth == "with a fraction":
        elements |= {"RescaleSlope": 0.123456, "RescaleIntercept": -1000.5, "RescaleType": "US"}
    stored = pixels.astype(np.int16 if depth == "int16" else np.uint16)
    view = _opened(desk, dicom_file(tmp_path / "a.dcm", stored, **elements))
    for digit in "12340":
        press(view, getattr(Qt.Key, f"Key_{digit}"))
        assert _seen(view).std() > 10
    for end in ((250, 10), (10, 290), (250, 290), (5, 5)):
        drag(view, (130, 150), end)
    press(view, Qt.Key.Key_I)
    press(view, Qt.Key.Key_QuoteLeft)
    assert _seen(view).std() > 10
    texts = view.texts.bottom_left[0]
    assert texts.startswith("C ")  # a real centre and width, in the image's own units


@pytest.mark.drives("tool_measure", "turn_right")
def test_pixels_that_are_not_square_are_shown_in_the_shape_of_the_anatomy(desk: Desk, tmp_path: Path) -> None:
    square = _opened(desk, dicom_file(tmp_path / "s.dcm", STORED, ImagerPixelSpacing=[0.2, 0.2]))
    whole = _seen(square)
    desk.close()
    view = _opened(desk, dicom_file(tmp_path / "a.dcm", STORED[::2], ImagerPixelSpacing=[0.4, 0.2]))
    assert view.image
    assert (view.image.rows, view.image.columns) == (150, 260)
    area = view.transform.box_in_view(Box(0, 0, 260, 150))
    assert area.height / area.width == pytest.approx(300 / 260, abs=0.01)
    assert _seen(view).shape == pytest.approx(whole.shape, abs=2)
    for _ in range(2):
        press(view, Qt.Key.Key_M)
        drag(view, (50, 20), (150, 70))
        x1, y1 = view.transform.to_view(50, 20)
        x2, y2 = view.transform.to_view(150, 70)
        on_screen = np.hypot(x2 - x1, y2 - y1) / view.transform.zoom * 0.2
        assert view.texts.mm_per_pixel == pytest.approx(0.2)
        assert on_screen == pytest.approx(np.hypot(100 * 0.2, 50 * 0.4), rel=0.001)
        press(view, Qt.Key.Key_R)
