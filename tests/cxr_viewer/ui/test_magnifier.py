"""The lens stays in the view and keeps the point under the cursor."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from cxr_viewer.ui import magnifier
from cxr_viewer.ui.magnifier import Magnifier
from cxr_viewer.ui.orientation import Orientation
from cxr_viewer.ui.view_transform import LARGEST_ZOOM, ViewTransform
from tests.cxr_viewer.ui.readings import displayed

orientations = st.builds(Orientation, st.integers(0, 3), st.booleans())


@given(st.floats(0, 800), st.floats(0, 600), st.floats(100, 1600), st.floats(100, 1200))
def test_the_lens_never_leaves_the_view(x: float, y: float, width: float, height: float) -> None:
    view = QRectF(0, 0, width, height)
    cursor = QPointF(min(x, width), min(y, height))
    area = magnifier.area_at(cursor, view)
    assert view.contains(area)
    assert area.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(cursor)


@given(orientations, st.floats(0.1, 16), st.floats(0, 800), st.floats(0, 600))
def test_the_point_under_the_cursor_stays_there_and_is_larger(
    orientation: Orientation, zoom: float, x: float, y: float
) -> None:
    transform = ViewTransform(zoom, -30, 40, orientation)
    inside = magnifier.enlarged(transform, QPointF(x, y))
    assert inside.to_image(x, y) == pytest.approx(transform.to_image(x, y), abs=0.01)
    assert inside.zoom == pytest.approx(min(max(zoom * magnifier.FACTOR, magnifier.LEAST_ZOOM), LARGEST_ZOOM))


def test_the_lens_shows_the_pixels_through_the_window_in_force() -> None:
    pixels = np.tile(np.arange(400, dtype=np.uint16) * 10, (300, 1))
    image = displayed(pixels)
    picture = QImage(800, 600, QImage.Format.Format_RGB32)
    picture.fill(0)
    cursor, view = QPointF(400, 300), QRectF(0, 0, 800, 600)
    transform = ViewTransform(2.0, 0.0, 0.0)
    with QPainter(picture) as painter:
        Magnifier().paint(painter, image, transform, cursor, view, 1.0, image.automatic, False)
    expected = image.rendered(image.pyramid.pixels, image.automatic, False)
    for offset in (-100, 0, 100):
        native = round(200 + offset / 5)
        assert picture.pixelColor(400 + offset, 300).red() == pytest.approx(int(expected[150, native]), abs=2)
