"""Paints a row of the findings list: the box's own mark, title and detail."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cxr_viewer.ui import theme
from cxr_viewer.ui.finding_model import ROW, FindingRow
from cxr_viewer.ui.overlay import Kind
from cxr_viewer.ui.palette import Palette

ROW_HEIGHT = 50


class FindingDelegate(QStyledItemDelegate):
    """Two lines beside a mark that has the shape of the box's line on the image."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: FindingRow = index.data(ROW)
        palette = theme.active()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect).adjusted(0.5, 1.5, -0.5, -1.5)
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(palette.chosen_line), 1.2))
            painter.setBrush(QColor(palette.chosen))
            painter.drawRoundedRect(area, 6, 6)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.hover))
            painter.drawRoundedRect(area, 6, 6)
        _paint_mark(painter, QRectF(area.left() + 10, area.center().y() - 6, 12, 12), row.kind, palette)
        _paint_words(painter, area.adjusted(34, 4, -8, -4).toRect(), row, palette)
        painter.restore()


def _paint_mark(painter: QPainter, area: QRectF, kind: Kind, palette: Palette) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if kind is Kind.DETECTION:
        pen = QPen(QColor(palette.model), 1.8)
        pen.setDashPattern([2.0, 1.4])
        painter.setPen(pen)
        painter.drawRect(area)
    elif kind is Kind.REJECTED:
        painter.setPen(QPen(QColor(palette.second_text), 1.8))
        painter.drawLine(area.topLeft(), area.bottomRight())
        painter.drawLine(area.topRight(), area.bottomLeft())
    else:
        painter.setPen(QPen(QColor(palette.finding), 1.8))
        painter.setBrush(QColor(palette.finding))
        painter.drawRect(area)
        if kind is Kind.ADDED:
            painter.setPen(QPen(QColor(palette.panel), 1.8))
            middle = area.center()
            painter.drawLine(QPointF(middle.x(), area.top() + 3), QPointF(middle.x(), area.bottom() - 3))
            painter.drawLine(QPointF(area.left() + 3, middle.y()), QPointF(area.right() - 3, middle.y()))


def _paint_words(painter: QPainter, area: QRect, row: FindingRow, palette: Palette) -> None:
    strong = QFont(painter.font())
    strong.setWeight(QFont.Weight.DemiBold)
    quiet = QFont(painter.font())
    quiet.setPixelSize(theme.text_pixels(12))
    for font, text, top, colour in (
        (strong, row.title, area.top(), palette.second_text if row.kind is Kind.REJECTED else palette.text),
        (quiet, row.detail, area.top() + 20, palette.second_text),
    ):
        painter.setFont(font)
        painter.setPen(QColor(colour))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(QRect(area.left(), top, area.width(), 20), Qt.AlignmentFlag.AlignVCenter, shown)
