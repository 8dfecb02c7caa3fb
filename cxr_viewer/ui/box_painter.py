"""Paints the boxes, their halos, handles and labels over the image, in view coordinates."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from cxr_viewer.core.geometry import Box
from cxr_viewer.ui import detection_lines, label_layout, palette
from cxr_viewer.ui.box_grip import HANDLES, handle_position
from cxr_viewer.ui.detection_lines import LINE_WIDTH
from cxr_viewer.ui.overlay import Kind, OverlayBox
from cxr_viewer.ui.view_transform import ViewTransform

HANDLE_SIDE = 8.0
_LABEL_PADDING = 6.0
_LABEL_HEIGHT = 18.0

_COLOURS = {
    Kind.DETECTION: palette.DETECTION,
    Kind.FINDING: palette.FINDING,
    Kind.ADDED: palette.FINDING,
    Kind.REJECTED: palette.REJECTED,
    Kind.OTHER: palette.OTHER_READER,
}


def paint(painter: QPainter, boxes: tuple[OverlayBox, ...], transform: ViewTransform, view: QRectF) -> None:
    """Draw all boxes; the selected one comes last and has its handles."""
    # Upright lines on whole pixels are crisp and several times faster without smoothing.
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    corners = _corners_in_view((shown.box for shown in boxes), transform)
    detections = [number for number, shown in enumerate(boxes) if shown.kind is Kind.DETECTION]
    detections.sort(key=lambda number: boxes[number].is_selected)
    halos = (halo for shown in boxes for halo in (shown.inner, shown.outer) if halo is not None)
    detection_lines.paint(painter, corners[detections], _corners_in_view(halos, transform), view)
    single = [shown for shown in boxes if shown.kind is not Kind.DETECTION or shown.is_selected]
    for shown in sorted(single, key=lambda entry: (entry.is_selected, -entry.box.area)):
        _paint_box(painter, shown, transform)
    _paint_labels(painter, boxes, corners, view)


def _corners_in_view(boxes: Iterable[Box], transform: ViewTransform) -> NDArray[np.float64]:
    """Return boxes in view coordinates, (N, 4)."""
    native = np.array([_corners(box) for box in boxes], dtype=np.float64)
    return transform.boxes_in_view(native.reshape(-1, 4))


def label_font() -> QFont:
    """Return the font of the labels."""
    font = QFont()
    font.setPixelSize(12)
    font.setWeight(QFont.Weight.DemiBold)
    return font


def _paint_box(painter: QPainter, shown: OverlayBox, transform: ViewTransform) -> None:
    colour = QColor(_COLOURS[shown.kind])
    outline = _rectangle(transform.box_in_view(shown.box))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if shown.kind is Kind.DETECTION:
        _paint_corners(painter, outline, colour)
        return
    # A dark line under the bright one keeps the box visible on white bone and on black air.
    painter.setPen(_pen(QColor(palette.UNDER_LINE), LINE_WIDTH + 2, ()))
    painter.drawRect(outline)
    if shown.kind is Kind.REJECTED:
        painter.setPen(_pen(colour, LINE_WIDTH, (1.0, 2.5)))
    elif shown.kind is Kind.OTHER:
        painter.setPen(_pen(colour, LINE_WIDTH, (12.0, 4.0)))
    else:
        painter.setPen(_pen(colour, LINE_WIDTH, ()))
    painter.drawRect(outline)
    if shown.kind is Kind.ADDED:
        _paint_plus(painter, outline, colour)
    if shown.is_selected and shown.is_editable:
        _paint_handles(painter, transform.box_in_view(shown.box), colour)


def _paint_corners(painter: QPainter, outline: QRectF, colour: QColor) -> None:
    """Mark a chosen detection by strong corners: it can be judged, but has no handles to pull."""
    arm = min(16.0, outline.width() / 3, outline.height() / 3)
    painter.setPen(_pen(colour, LINE_WIDTH + 2, ()))
    for corner, across, down in (
        (outline.topLeft(), 1, 1),
        (outline.topRight(), -1, 1),
        (outline.bottomLeft(), 1, -1),
        (outline.bottomRight(), -1, -1),
    ):
        painter.drawLine(corner, corner + QPointF(arm * across, 0))
        painter.drawLine(corner, corner + QPointF(0, arm * down))


def _paint_plus(painter: QPainter, outline: QRectF, colour: QColor) -> None:
    if min(outline.width(), outline.height()) < 28:
        return
    centre = outline.topRight() + QPointF(-11, 11)
    painter.setPen(_pen(QColor(0, 0, 0), LINE_WIDTH + 2, (), 0.5))
    for pen in (painter.pen(), _pen(colour, LINE_WIDTH, ())):
        painter.setPen(pen)
        painter.drawLine(centre - QPointF(5, 0), centre + QPointF(5, 0))
        painter.drawLine(centre - QPointF(0, 5), centre + QPointF(0, 5))


def _paint_handles(painter: QPainter, box: Box, colour: QColor) -> None:
    painter.setPen(_pen(colour, 1.5, ()))
    painter.setBrush(QColor(palette.ON_BRIGHT_LABEL))
    for grip in HANDLES:
        x, y = handle_position(box, grip)
        painter.drawRect(QRectF(x - HANDLE_SIDE / 2, y - HANDLE_SIDE / 2, HANDLE_SIDE, HANDLE_SIDE))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_labels(painter: QPainter, boxes: tuple[OverlayBox, ...], corners: NDArray[np.float64], view: QRectF) -> None:
    font = label_font()
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    rims = np.array([HANDLE_SIDE / 2 if shown.is_selected and shown.is_editable else 0.0 for shown in boxes])
    room = corners + rims[:, None] * [-1, -1, 1, 1]  # what a box takes, handles included
    selected = np.array([shown.is_selected for shown in boxes], dtype=np.bool_)
    labelled = label_layout.chosen(room[:, 2] - room[:, 0], selected)
    requests = [
        label_layout.LabelRequest(
            Box.from_row(room[number]),
            metrics.horizontalAdvance(boxes[number].label) + 2 * _LABEL_PADDING,
            _LABEL_HEIGHT,
            boxes[number].is_selected,
        )
        for number in labelled
    ]
    others = np.delete(room, labelled, axis=0)
    for number, place in zip(labelled, label_layout.place(requests, view.width(), view.height(), others), strict=True):
        shown = boxes[number]
        if place is None or not shown.label:
            continue
        area = _rectangle(place)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_COLOURS[shown.kind]))
        painter.drawRoundedRect(area, 3, 3)
        painter.setPen(QColor(palette.ON_BRIGHT_LABEL))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, shown.label)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x1, box.y1, box.x2, box.y2


def _rectangle(box: Box) -> QRectF:
    """Return a box on whole pixels of the view."""
    x, y = round(box.x1), round(box.y1)
    return QRectF(x, y, round(box.x2) - x, round(box.y2) - y)


def _pen(colour: QColor, width: float, dashes: tuple[float, ...], opacity: float = 1.0) -> QPen:
    pen = QPen(_faded(colour, opacity), width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dashes:
        pen.setDashPattern(list(dashes))
    return pen


def _faded(colour: QColor, opacity: float) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(opacity)
    return faded
