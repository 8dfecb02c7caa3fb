"""Paints the visible part of an image at screen resolution, through a window."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from cxr_viewer.core.geometry import Box
from cxr_viewer.dicom import windowing
from cxr_viewer.dicom.windowing import Voi
from cxr_viewer.ui import palette
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.orientation import Orientation
from cxr_viewer.ui.view_transform import ViewTransform

_QUICK_PIXELS = 4_000_000
"""More than these are not rendered anew for each frame of a drag, nor kept as places in a table."""

_GREY_TO_RGB32 = (np.arange(256, dtype=np.uint32) * 0x010101) | np.uint32(0xFF000000)


@dataclass(frozen=True, slots=True)
class _Crop:
    """What is in sight of which copy, as it lies on the screen.

    Attributes:
        area: x1 y1 x2 y2 in the copy's own pixels.
    """

    level: int
    area: tuple[int, int, int, int]
    orientation: Orientation


@dataclass(frozen=True, slots=True)
class _Indexed:
    """A crop as places in a table of greys, so that a window that is dragged costs one look-up a pixel.

    Attributes:
        places: (rows, columns) as on the screen; intp, for numpy would convert any other type for each frame.
    """

    crop: _Crop
    span: tuple[int, int]
    places: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Rendered:
    """The last crop that was rendered, so that moving a box does not render it again; the picture borrows words."""

    crop: _Crop
    voi: Voi
    is_inverted: bool
    words: NDArray[np.uint32]
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
        self._indexed: _Indexed | None = None
        self._last: _Rendered | None = None
        self._still: _Still | None = None
        self._layer: QImage | None = None

    def paint(
        self,
        painter: QPainter,
        transform: ViewTransform,
        view: QRectF,
        ratio: float,
        voi: Voi,
        is_inverted: bool,
        *,
        is_hurried: bool = False,
    ) -> None:
        """Draw into a view of logical size ``view`` whose screen has ``ratio`` physical per logical pixel.

        Args:
            is_hurried: a hand waits for this frame: a fine screen may get a coarser copy until the hand rests.
        """
        level = self.image.pyramid.level_for(transform.zoom * ratio * max(1.0, transform.aspect))
        area = self._visible(transform, view, level)
        if is_hurried and _pixels_in(area) > _QUICK_PIXELS:
            level += 1
            area = self._visible(transform, view, level)
        x1, y1, x2, y2 = area
        if x2 <= x1 or y2 <= y1:
            return
        picture = self._render(_Crop(level, area, transform.orientation), voi, is_inverted)
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

    def _render(self, crop: _Crop, voi: Voi, is_inverted: bool) -> QImage:
        last = self._last
        if last and (last.crop, last.voi, last.is_inverted) == (crop, voi, is_inverted):
            return last.picture
        # RGB32 is drawn about twice as fast as grey by the raster engine.
        words = self._words(crop, voi, is_inverted)
        rows, columns = words.shape
        picture = QImage(words.data, columns, rows, words.strides[0], QImage.Format.Format_RGB32)
        self._last = _Rendered(crop, voi, is_inverted, words, picture)
        return picture

    def _words(self, crop: _Crop, voi: Voi, is_inverted: bool) -> NDArray[np.uint32]:
        """Return a crop as it lies on the screen, (rows, columns) RGB32."""
        indexed = self._indexed if self._indexed and self._indexed.crop == crop else self._indexed_of(crop)
        self._indexed = indexed
        if indexed is None:
            grey = self.image.rendered(self._seen(crop), voi, is_inverted)
            return np.take(_GREY_TO_RGB32, grey)
        table = windowing.table(indexed.span, self.image.header, voi, is_inverted)
        return np.take(np.take(_GREY_TO_RGB32, table), indexed.places)

    def _indexed_of(self, crop: _Crop) -> _Indexed | None:
        pixels = self._seen(crop)
        span = windowing.table_span(pixels) if pixels.size <= _QUICK_PIXELS else None
        if span is None:
            return None
        places = np.array(pixels, dtype=np.intp, order="C")
        if span[0]:
            places -= span[0]
        return _Indexed(crop, span, places)

    def _seen(self, crop: _Crop) -> NDArray[np.generic]:
        """Return the pixels of a crop, turned: what is drawn stays an upright, fast copy in all orientations."""
        x1, y1, x2, y2 = crop.area
        return crop.orientation.seen(self.image.pyramid.level(crop.level)[y1:y2, x1:x2])


def _pixels_in(area: tuple[int, int, int, int]) -> int:
    return max(0, area[2] - area[0]) * max(0, area[3] - area[1])


def _draw(painter: QPainter, target: QRectF, picture: QImage) -> None:
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(target, picture, QRectF(picture.rect()))
