"""Paints the visible part of an image at screen resolution, through a window."""

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from cxr_viewer.core.geometry import Box
from cxr_viewer.dicom.windowing import Voi
from cxr_viewer.ui import palette
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


@dataclass(frozen=True, slots=True)
class _Still:
    """What was painted last, and where; ``picture`` is compared by identity."""

    picture: QImage
    target: QRectF
    view: QRectF
    ratio: float

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Still)
            and self.picture is other.picture
            and (self.target, self.view, self.ratio) == (other.target, other.view, other.ratio)
        )

    def __hash__(self) -> int:
        return id(self.picture)


class ImagePainter:
    """Draws one image; only what is in sight, from the halved copy that fits the zoom."""

    def __init__(self, image: DisplayedImage) -> None:
        self.image = image
        self._last: _Rendered | None = None
        self._still: _Still | None = None
        self._layer: QImage | None = None

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
        target = QRectF(place.x1, place.y1, place.width, place.height)
        wanted = _Still(picture, target, view, ratio)
        if wanted != self._still:
            self._still, self._layer = wanted, None
            _draw(painter, target, picture)
            return
        # The image stands still while boxes change over it: scaled once, copied from then on.
        if self._layer is None:
            self._layer = QImage(view.size().toSize() * ratio, QImage.Format.Format_RGB32)
            self._layer.setDevicePixelRatio(ratio)
            self._layer.fill(QColor(palette.CANVAS))
            with QPainter(self._layer) as own:
                own.translate(-view.topLeft())
                _draw(own, target, picture)
        painter.drawImage(view.topLeft(), self._layer)

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


def _draw(painter: QPainter, target: QRectF, picture: QImage) -> None:
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(target, picture, QRectF(picture.rect()))
