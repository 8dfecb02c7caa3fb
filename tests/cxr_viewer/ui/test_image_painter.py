"""What is painted is the one pixel path, whatever shortcut draws it."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from cxr_viewer.dicom import windowing
from cxr_viewer.dicom.windowing import Window, WindowFunction
from cxr_viewer.ui import image_painter
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.image_painter import ImagePainter
from cxr_viewer.ui.orientation import Orientation
from cxr_viewer.ui.view_transform import ViewTransform
from tests.cxr_viewer.ui.readings import displayed

RANDOM = np.random.default_rng(3)
VIEW = QRectF(0, 0, 120, 90)


def _painted(
    painter: ImagePainter, transform: ViewTransform, window: Window, is_inverted: bool = False, **ways: bool
) -> NDArray[np.uint8]:
    picture = QImage(120, 90, QImage.Format.Format_RGB32)
    picture.fill(0)
    with QPainter(picture) as device:
        painter.paint(device, transform, VIEW, 1.0, window, is_inverted, **ways)
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    return np.frombuffer(grey.constBits(), np.uint8).reshape(90, grey.bytesPerLine())[:, :120].copy()


def _images() -> list[DisplayedImage]:
    values = RANDOM.integers(-3000, 30_000, (90, 120))
    return [
        displayed((values + 3000).astype(np.uint16)),
        displayed(values.astype(np.int16), photometric="MONOCHROME1"),
        displayed((values * 90_000).astype(np.int32)),
        displayed(values.astype(np.float32) / 7, is_polarity_corrected=True),
    ]


@pytest.mark.parametrize("image", _images(), ids=["uint16", "int16", "wide int32", "float32"])
def test_one_to_one_is_the_rendering_itself(image: DisplayedImage) -> None:
    painter = ImagePainter(image)
    low, high = float(image.spread[100]), float(image.spread[900])
    for function in WindowFunction:
        for is_inverted in (False, True):
            window = Window((low + high) / 2, high - low, function)
            expected = windowing.render(image.pyramid.pixels, image.header, window, is_inverted)
            assert np.array_equal(_painted(painter, ViewTransform(), window, is_inverted), expected)


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize("turns", range(4))
def test_a_turned_image_is_the_turned_rendering(turns: int, is_mirrored: bool) -> None:
    image = displayed(RANDOM.integers(0, 4096, (60, 60)).astype(np.uint16))
    orientation = Orientation(turns, is_mirrored)
    window = Window(2000, 3000)
    transform = ViewTransform.fitting(60, 60, 60, 60, 0, orientation)
    expected = orientation.seen(windowing.render(image.pyramid.pixels, image.header, window))
    assert np.array_equal(_painted(ImagePainter(image), transform, window)[:60, :60], expected)


def test_a_hurried_frame_is_coarser_and_the_next_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_painter, "_QUICK_PIXELS", 2000)
    image = displayed(RANDOM.integers(0, 4096, (600, 600)).astype(np.uint16))
    painter, window = ImagePainter(image), Window(2000, 3000)
    fine = _painted(painter, ViewTransform(), window)
    hurried = _painted(painter, ViewTransform(), window, is_hurried=True)
    assert not np.array_equal(hurried, fine)
    assert np.array_equal(_painted(painter, ViewTransform(), window), fine)
