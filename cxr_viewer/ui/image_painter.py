"""Paints the visible part of an image at screen resolution, through a window."""

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from cxr_viewer.core.geometry import Box
from cxr_viewer.dicom.windowing import Voi
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.orientation import Orientation
from cxr_viewer.ui.view_transform import ViewTransform


@dataclass(frozen=True, slots=True)
class _Rendered:
    """The last crop that was rendered, so that moving a box does not render it again."""

    voi: Voi
    is_inverted: bool
    level: int
    area: tuple[int, int, int, int]
    orientation: Orientation
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
        picture = self._render(voi, is_inverted, level, area, transform.orientation)
        scale = 2**level
        place = transform.box_in_view(Box(x1 * scale, y1 * scale, x2 * scale, y2 * scale))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(place.x1, place.y1, place.width, place.height), picture, QRectF(picture.rect()))

    def _visible(self, transform: ViewTransform, view: QRectF, level: int) -> tuple[int, int, int, int]:
        """Return the part of a level that is in sight, x1 y1 x2 y2 in its own pixels, with a rim for smoothing."""
        rows, columns = self.image.pyramid.level(level).shape
        scale = 2**level
        seen = Box.spanning(
            transform.to_image(view.left(), view.top()), transform.to_image(view.right(), view.bottom())
        )
        return (
            max(0, math.floor(seen.x1 / scale) - 2),
            max(0, math.floor(seen.y1 / scale) - 2),
            min(columns, math.ceil(seen.x2 / scale) + 2),
            min(rows, math.ceil(seen.y2 / scale) + 2),
        )

    def _render(
        self, voi: Voi, is_inverted: bool, level: int, area: tuple[int, int, int, int], orientation: Orientation
    ) -> QImage:
        last, wanted = self._last, (voi, is_inverted, level, area, orientation)
        if last and (last.voi, last.is_inverted, last.level, last.area, last.orientation) == wanted:
            return last.picture
        x1, y1, x2, y2 = area
        pixels = self.image.pyramid.level(level)[y1:y2, x1:x2]
        # The grey crop is turned, not the painter: what is drawn stays an upright, fast copy in all orientations.
        grey = np.ascontiguousarray(orientation.seen(self.image.rendered(pixels, voi, is_inverted)))
        borrowed = QImage(grey.data, grey.shape[1], grey.shape[0], grey.strides[0], QImage.Format.Format_Grayscale8)
        # RGB32 is drawn about twice as fast as grey by the raster engine; the conversion also copies the pixels.
        picture = borrowed.convertToFormat(QImage.Format.Format_RGB32)
        self._last = _Rendered(voi, is_inverted, level, area, orientation, picture)
        return picture
