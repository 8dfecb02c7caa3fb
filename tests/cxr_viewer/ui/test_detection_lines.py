"""Detections are drawn dashed on a dark line, halos dotted, at every resolution, and nothing outside their lines."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from cxr_viewer.ui import detection_lines, palette

NO_BOXES = np.zeros((0, 4))
SIDE = 200


def _painted(boxes: NDArray[np.float64], halos: NDArray[np.float64] = NO_BOXES, ratio: int = 1) -> NDArray[np.uint8]:
    """Return red, green and blue of a white view (rows, columns, 3) after painting."""
    image = QImage(SIDE * ratio, SIDE * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        detection_lines.paint(painter, boxes, halos, QRectF(0, 0, SIDE, SIDE))
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(SIDE * ratio, SIDE * ratio, 4)
    return pixels[..., 2::-1].copy()


def _is(pixels: NDArray[np.uint8], colour: str) -> NDArray[np.bool_]:
    wanted = QColor(colour)
    return np.asarray((pixels == [wanted.red(), wanted.green(), wanted.blue()]).all(axis=-1))


@pytest.mark.parametrize("ratio", [1, 2])
def test_a_box_is_a_dashed_line_on_a_dark_one(ratio: int) -> None:
    painted = _painted(np.array([[40.0, 50, 140, 160]]), ratio=ratio)
    bright, dark = _is(painted, palette.DETECTION), _is(painted, palette.UNDER_LINE)
    touched = bright | dark
    rows, columns = np.flatnonzero(touched.any(axis=1)), np.flatnonzero(touched.any(axis=0))
    assert (rows[0], rows[-1]) == ((50 - 2) * ratio, (160 + 2) * ratio - 1)
    assert (columns[0], columns[-1]) == ((40 - 2) * ratio, (140 + 2) * ratio - 1)
    assert not touched[54 * ratio : 156 * ratio, 44 * ratio : 136 * ratio].any()
    along = bright[50 * ratio, 40 * ratio : 140 * ratio]
    assert 0.5 < along.mean() < 0.75
    assert np.flatnonzero(np.diff(along.astype(int))).size >= 10
    assert (touched | _is(painted, "white")).all()


def test_halos_are_dotted_and_have_no_dark_line() -> None:
    far = np.array([[150.0, 150, 190, 190]])
    painted = _painted(far, np.array([[20.0, 30, 120, 100]]))
    dots = _is(painted, palette.HALO)
    assert 15 <= dots[30, 20:120].sum() <= 25
    assert 10 <= dots[30:100, 20].sum() <= 20
    assert not _is(painted[:120, :130], palette.UNDER_LINE).any()


def test_of_boxes_beyond_the_view_only_what_is_in_sight_is_drawn() -> None:
    around = np.array([[-5000.0, -5000, 9000, 9000], [-300, 50, -200, 90], [40, -90, 70, -60]])
    assert _is(_painted(around), "white").all()
    bright = _is(_painted(np.array([[150.0, 150, 900, 900]])), palette.DETECTION)
    assert bright[149:152, 160:].any()
    assert bright[160:, 149:152].any()
    assert not bright[155:, 155:].any()
    assert not bright[:145].any()


def test_nothing_is_drawn_for_no_boxes() -> None:
    assert _is(_painted(NO_BOXES), "white").all()
