"""Paints the visible part of an image at screen resolution, through a window."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from cxr_viewer.dicom.windowing import Voi
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.view_transform import ViewTransform


@dataclass(frozen=True, slots=True)
class _Rendered:
    """The last crop that was rendered, so that moving a box does not render it again."""

    voi: Voi
    is_inverted: bool
    level: int
    area: tuple[int, int, int, int]
    picture: QImage


class ImagePainter:
    """Draws one image; only what is in sight, from the halved copy that fits the zoom."""

    def __init__(self, image: DisplayedImage) -> None:
        self.image = image
        self._last: _Rendered | None = None

    def paint(
        self, painter: QPainter, transform: ViewTransform, view: QRectF, ratio: float, voi: Voi, is_inverted: bool
    ) -> None:
        """Draw into a view of logical size ``view`` whose screen has ``ratio`` physical per logical pixel."""
        level = self.image.pyramid.level_for(transform.zoom * ratio)
        area = self._visible(transform, view, level)
        x1, y1, x2, y2 = area
        if x2 <= x1 or y2 <= y1:
            return
        picture = self._render(voi, is_inverted, level, area)
        scale = transform.zoom * 2**level
        target = QRectF(transform.left + x1 * scale, transform.top + y1 * scale, (x2 - x1) * scale, (y2 - y1) * scale)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, picture, QRectF(0, 0, x2 - x1, y2 - y1))

    def _visible(self, transform: ViewTransform, view: QRectF, level: int) -> tuple[int, int, int, int]:
        """Return the part of a level that is in sight, x1 y1 x2 y2 in its own pixels, with a rim for smoothing."""
        rows, columns = self.image.pyramid.level(level).shape
        scale = 2**level
        left, top = transform.to_image(view.left(), view.top())
        right, bottom = transform.to_image(view.right(), view.bottom())
        return (
            max(0, math.floor(left / scale) - 2),
            max(0, math.floor(top / scale) - 2),
            min(columns, math.ceil(right / scale) + 2),
            min(rows, math.ceil(bottom / scale) + 2),
        )

    def _render(self, voi: Voi, is_inverted: bool, level: int, area: tuple[int, int, int, int]) -> QImage:
        last = self._last
        if last and (last.voi, last.is_inverted, last.level, last.area) == (voi, is_inverted, level, area):
            return last.picture
        x1, y1, x2, y2 = area
        pixels = self.image.pyramid.level(level)[y1:y2, x1:x2]
        grey = self.image.rendered(pixels, voi, is_inverted)
        borrowed = QImage(grey.data, grey.shape[1], grey.shape[0], grey.strides[0], QImage.Format.Format_Grayscale8)
        # RGB32 is drawn about twice as fast as grey by the raster engine; the conversion also copies the pixels.
        picture = borrowed.convertToFormat(QImage.Format.Format_RGB32)
        self._last = _Rendered(voi, is_inverted, level, area, picture)
        return picture
