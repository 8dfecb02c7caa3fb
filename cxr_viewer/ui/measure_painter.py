"""Paints measured lines and their lengths over the image, readable on white bone and on black air."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from cxr_viewer.dicom.pixel_header import PixelHeader
from cxr_viewer.ui import palette
from cxr_viewer.ui.measuring import Measurement, length_words
from cxr_viewer.ui.view_transform import ViewTransform

_TICK = 7.0
_SHADOW = QColor(0, 0, 0, 150)
_GROUND = QColor(11, 13, 17, 215)
_PADDING = 6.0
_HEIGHT = 20.0
_DISTANCE = 18.0


def paint(
    painter: QPainter, lines: tuple[Measurement, ...], header: PixelHeader, transform: ViewTransform, view: QRectF
) -> None:
    """Draw all lines, each with ticks at its ends and its length beside its middle."""
    if not lines:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont()
    font.setPixelSize(12)
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    for line in lines:
        start, end = (QPointF(*transform.to_view(*point)) for point in (line.start, line.end))
        _paint_line(painter, start, end)
        _paint_words(painter, length_words(line, header), QFontMetricsF(font), start, end, view)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def words_area(start: QPointF, end: QPointF, width: float, view: QRectF) -> QRectF:
    """Return where the words of a line stand: beside its middle, inside the view."""
    middle, across = (start + end) / 2, _across(start, end)
    if across.y() > 0:
        across = -across  # above the line where there is an above
    reach = _DISTANCE + abs(across.x()) * width / 2
    centre = middle + across * reach
    area = QRectF(centre.x() - width / 2, centre.y() - _HEIGHT / 2, width, _HEIGHT)
    area.moveLeft(min(max(area.left(), view.left()), view.right() - width))
    area.moveTop(min(max(area.top(), view.top()), view.bottom() - _HEIGHT))
    return area


def _paint_line(painter: QPainter, start: QPointF, end: QPointF) -> None:
    tick = _across(start, end) * _TICK
    for colour, width in ((_SHADOW, 4.0), (QColor(palette.MEASUREMENT), 2.0)):
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(start, end)
        for point in (start, end):
            painter.drawLine(point - tick, point + tick)


def _paint_words(
    painter: QPainter, words: str, metrics: QFontMetricsF, start: QPointF, end: QPointF, view: QRectF
) -> None:
    area = words_area(start, end, metrics.horizontalAdvance(words) + 2 * _PADDING, view)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_GROUND)
    painter.drawRoundedRect(area, 3, 3)
    painter.setPen(QColor(palette.MEASUREMENT))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)


def _across(start: QPointF, end: QPointF) -> QPointF:
    """Return the unit step across a line; straight up for one without length."""
    step = end - start
    length = math.hypot(step.x(), step.y())
    return QPointF(-step.y() / length, step.x() / length) if length else QPointF(0, -1)
