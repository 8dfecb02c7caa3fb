"""Four quiet texts in the corners of the image view, and the scale bar."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap

_MARGIN = 12.0
_LINE = 18.0
_TEXT = QColor("#E6EDF3")
_QUIET = QColor("#D5DCE3")
_SHADOW = QColor(0, 0, 0, 235)
_HALO_WIDTH = 3.0
_HALO = tuple(QPointF(x, y) for x in range(-2, 3) for y in range(-2, 3) if 0 < x * x + y * y <= 5)
"""Where the letters are drawn dark before they are drawn bright; much quicker than stroking their outlines."""

_BAR_STEPS_MM = (5, 10, 20, 50, 100, 200)
_WIDEST_BAR = 150.0


@dataclass(frozen=True, slots=True)
class CornerTexts:
    """Lines of each corner, first line of the top left is the name and drawn strong."""

    top_left: tuple[str, ...] = ()
    top_right: tuple[str, ...] = ()
    bottom_left: tuple[str, ...] = ()
    scale_basis: str = ""
    mm_per_pixel: float | None = None

    def anonymous(self) -> Self:
        """Return what does not say whose image it is and when it was made: how it is seen, and the scale."""
        return replace(self, top_left=(), top_right=())


def paint(painter: QPainter, texts: CornerTexts, zoom: float, view: QRectF) -> None:
    """Draw the corners into the view; a line keeps to its half where another stands beside it, and is elided."""
    room = view.width() / 2 - 2 * _MARGIN
    whole = view.width() - 2 * _MARGIN
    for number, line in enumerate(texts.top_left):
        width = room if number < len(texts.top_right) else whole
        _draw(painter, line, view.left() + _MARGIN, _MARGIN + number * _LINE, width, is_strong=number == 0)
    for number, line in enumerate(texts.top_right):
        width = room if number < len(texts.top_left) else whole
        _draw(painter, line, view.right() - _MARGIN, _MARGIN + number * _LINE, width, is_right=True)
    base = view.bottom() - _MARGIN - len(texts.bottom_left) * _LINE
    for number, line in enumerate(texts.bottom_left):
        _draw(painter, line, view.left() + _MARGIN, base + number * _LINE, room)
    if texts.mm_per_pixel is not None:
        _draw_scale_bar(painter, texts, zoom, view)


def bar_length_mm(pixels_per_mm: float, widest: float = _WIDEST_BAR) -> int | None:
    """Return the longest round length whose bar is at most ``widest`` view pixels, or None when none fits."""
    fitting = [step for step in _BAR_STEPS_MM if step * pixels_per_mm <= widest]
    return fitting[-1] if fitting and fitting[-1] * pixels_per_mm >= 12 else None


def _draw_scale_bar(painter: QPainter, texts: CornerTexts, zoom: float, view: QRectF) -> None:
    assert texts.mm_per_pixel is not None
    pixels_per_mm = zoom / texts.mm_per_pixel
    length = bar_length_mm(pixels_per_mm)
    if length is None:
        return
    right, y = view.right() - _MARGIN, view.bottom() - _MARGIN - 4
    left = right - length * pixels_per_mm
    text = f"{length} mm {texts.scale_basis}".rstrip()
    _draw(painter, text, right, y - _LINE - 4, view.width() / 2, is_right=True)
    for colour, width in ((_SHADOW, 4.0), (_TEXT, 2.0)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(QPointF(left, y), QPointF(right, y))
        for end in (left, right):
            painter.drawLine(QPointF(end, y - 4), QPointF(end, y + 1))


def _draw(
    painter: QPainter, text: str, x: float, y: float, room: float, *, is_strong: bool = False, is_right: bool = False
) -> None:
    """Draw a line from x to the right, or ending at x; placed, not aligned: a right-to-left name keeps its corner."""
    picture = _line_picture(text, round(room), painter.device().devicePixelRatioF(), is_strong)
    width = picture.width() / picture.devicePixelRatio()
    painter.drawPixmap(QPointF(round(x - width + _HALO_WIDTH if is_right else x - _HALO_WIDTH), round(y)), picture)


@lru_cache(maxsize=64)
def _line_picture(text: str, room: int, ratio: float, is_strong: bool) -> QPixmap:
    """Return a line of text with a dark halo, kept: drawing it takes a quarter of a millisecond."""
    font = QFont()
    font.setPixelSize(14 if is_strong else 12)
    font.setWeight(QFont.Weight.DemiBold if is_strong else QFont.Weight.Normal)
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    width = math.ceil(metrics.horizontalAdvance(shown) + 2 * _HALO_WIDTH)
    picture = QPixmap(math.ceil(width * ratio), math.ceil(_LINE * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    start = QPointF(_HALO_WIDTH, _LINE - metrics.descent() - 1)
    with QPainter(picture) as painter:
        painter.setFont(font)
        painter.setPen(_SHADOW)
        for step in _HALO:
            painter.drawText(start + step, shown)
        painter.setPen(_TEXT if is_strong else _QUIET)
        painter.drawText(start, shown)
    return picture
