"""Paints the lines of many detections at once: dashed boxes over a dark line, and dotted halos.

At the ends of the sliders hundreds of boxes are drawn on every move. Stroking dashes one by one takes the raster engine
several times as long as there is; copying slices of a dashed strip into one picture of palette indices does not.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from cxr_viewer.ui import palette

LINE_WIDTH = 2.0
_CLEAR, _UNDER, _BRIGHT, _DOT = range(4)
_COLOURS = [0, *(QColor(colour).rgba() for colour in (palette.UNDER_LINE, palette.DETECTION, palette.HALO))]
_DASH, _GAP, _DOT_EVERY = 10, 6, 5  # logical pixels
_RIM = 32
"""Pixels about the picture where lines beyond the view end up, so that no slice needs to be cut."""

_Picture = NDArray[np.uint8]


def paint(painter: QPainter, boxes: NDArray[np.float64], halos: NDArray[np.float64], view: QRectF) -> None:
    """Draw boxes dashed, over a dark line that keeps them visible on white bone, and halos dotted.

    Args:
        boxes, halos: (N, 4) and (M, 4), view coordinates.
        view: what is in sight, from (0, 0).
    """
    if not len(boxes):
        return
    ratio = painter.device().devicePixelRatioF()
    rows, columns = round(view.height() * ratio), round(view.width() * ratio)
    stride = -(-(columns + 2 * _RIM) // 4) * 4  # QImage wants rows of whole words
    picture: _Picture = np.zeros((rows + 2 * _RIM, stride), dtype=np.uint8)
    step = max(1, round(_DOT_EVERY * ratio))
    for x1, y1, x2, y2 in _on_pixels(halos, ratio, rows, columns):
        picture[y1, x1:x2:step] = picture[y2, x1:x2:step] = _DOT
        picture[y1:y2:step, x1] = picture[y1:y2:step, x2] = _DOT
    _draw_boxes(picture, _on_pixels(boxes, ratio, rows, columns), ratio)
    image = QImage(picture.data, stride, picture.shape[0], stride, QImage.Format.Format_Indexed8)
    image.setColorTable(_COLOURS)
    image.setDevicePixelRatio(ratio)
    painter.drawImage(QPointF(-_RIM / ratio, -_RIM / ratio), image)


def _draw_boxes(picture: _Picture, boxes: list[list[int]], ratio: float) -> None:
    across = _strip(max(picture.shape), ratio)
    down = across.T
    thick = across.shape[0]
    before = thick // 2
    after = thick - before
    for x1, y1, x2, y2 in boxes:
        left, top, right, bottom = x1 - before, y1 - before, x2 + after, y2 + after
        horizontal, vertical = across[:, : right - left], down[: bottom - top]
        picture[top : top + thick, left:right] = horizontal
        picture[bottom - thick : bottom, left:right] = horizontal
        picture[top:bottom, left : left + thick] = vertical
        picture[top:bottom, right - thick : right] = vertical


def _on_pixels(boxes: NDArray[np.float64], ratio: float, rows: int, columns: int) -> list[list[int]]:
    """Return boxes on whole pixels of the picture; what is beyond the view is moved onto its rim."""
    reach = _RIM // 2
    limits = np.array([columns, rows, columns, rows]) + reach
    inside = np.clip(np.rint(boxes * ratio), -reach, limits).astype(np.int64) + _RIM
    return inside.tolist()  # type: ignore[no-any-return]  # numpy's tolist is Any


@cache
def _strip(length: int, ratio: float) -> _Picture:
    """Return a dashed line with its dark edges, (thickness, length) palette indices."""
    edge, width = max(1, round(ratio)), max(1, round(LINE_WIDTH * ratio))
    period, dash = round((_DASH + _GAP) * ratio), round(_DASH * ratio)
    strip: _Picture = np.full((width + 2 * edge, length), _UNDER, dtype=np.uint8)
    strip[edge : edge + width, (np.arange(length) - edge) % period < dash] = _BRIGHT
    return strip
