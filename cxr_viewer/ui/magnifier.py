"""The lens under the cursor: the same pixels through the same window, larger, without anything over them."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from cxr_viewer.dicom.windowing import Voi
from cxr_viewer.ui import palette
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.image_painter import ImagePainter
from cxr_viewer.ui.view_transform import ViewTransform

SIDE = 280.0
"""Logical pixels of the view."""

FACTOR = 2.5
LEAST_ZOOM = 1.0
"""A lens shows at least every native pixel."""


def area_at(cursor: QPointF, view: QRectF) -> QRectF:
    """Return the lens about the cursor, moved and, in a small view, shrunk so that none of it lies outside."""
    width, height = min(SIDE, view.width()), min(SIDE, view.height())
    left = min(max(cursor.x() - width / 2, view.left()), view.right() - width)
    top = min(max(cursor.y() - height / 2, view.top()), view.bottom() - height)
    return QRectF(left, top, width, height)


def enlarged(transform: ViewTransform, cursor: QPointF) -> ViewTransform:
    """Return the transform inside the lens: the point under the cursor stays under the cursor."""
    factor = max(FACTOR, LEAST_ZOOM / transform.zoom)
    return transform.zoomed(factor, cursor.x(), cursor.y())


class Magnifier:
    """Draws the lens; keeps its last crop, as the view does."""

    def __init__(self) -> None:
        self._painter: ImagePainter | None = None

    def paint(
        self,
        painter: QPainter,
        image: DisplayedImage,
        transform: ViewTransform,
        cursor: QPointF,
        view: QRectF,
        ratio: float,
        voi: Voi,
        is_inverted: bool,
    ) -> None:
        """Draw the lens of an image that is seen through ``transform``."""
        if self._painter is None or self._painter.image is not image:
            self._painter = ImagePainter(image)
        area = area_at(cursor, view)
        painter.save()
        painter.setClipRect(area)
        painter.fillRect(area, QColor(palette.CANVAS))
        self._painter.paint(painter, enlarged(transform, cursor), area, ratio, voi, is_inverted)
        painter.restore()
        for colour, width in ((QColor(0, 0, 0), 3.0), (QColor(palette.LENS), 1.0)):
            painter.setPen(QPen(colour, width))
            painter.drawRect(area.adjusted(1, 1, -2, -2))
