"""Paints a row of the worklist: thumbnail, state, who, when, what matters, score."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cxr_viewer.store.records import Progress
from cxr_viewer.ui import theme
from cxr_viewer.ui.palette import Palette
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_model import ENTRY

THUMBNAIL_SIDE = 84
ROW_HEIGHT = 100
COMPACT_SIDE = 72


class WorklistDelegate(QStyledItemDelegate):
    """Full rows, or thumbnails only when the window is narrow."""

    is_compact = False

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(COMPACT_SIDE + 12, COMPACT_SIDE + 12) if self.is_compact else QSize(200, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry: WorklistEntry = index.data(ENTRY)
        palette = theme.active()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRect(option.rect).adjusted(4, 2, -4, -2)
        state: QStyle.StateFlag = option.state
        _paint_ground(painter, area, state, palette)
        # Folded, a margin is left for the frame of the marked row.
        side = min(COMPACT_SIDE, area.width() - 8) if self.is_compact else THUMBNAIL_SIDE
        picture = QRect(area.left() + 5, area.top() + (area.height() - side) // 2, side, side)
        if self.is_compact:
            picture.moveCenter(area.center())
        _paint_thumbnail(painter, picture, entry, palette)
        if self.is_compact:
            _paint_badge(painter, picture, entry, palette)
        else:
            text = area.adjusted(side + 16, 6, -10, -6)
            _paint_text(painter, text, entry, palette)
        painter.restore()


def _paint_ground(painter: QPainter, area: QRect, state: QStyle.StateFlag, palette: Palette) -> None:
    if state & QStyle.StateFlag.State_Selected:
        painter.setPen(QPen(QColor(palette.chosen_line), 1.2))
        painter.setBrush(QColor(palette.chosen))
        painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.hover))
        painter.drawRoundedRect(QRectF(area), 6, 6)


def _paint_thumbnail(painter: QPainter, area: QRect, entry: WorklistEntry, palette: Palette) -> None:
    painter.fillRect(area, QColor("#000000"))
    if entry.thumbnail is not None:
        size = entry.thumbnail.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(area)
        target.setSize(size)
        target.moveCenter(area.center())
        if not entry.is_readable:
            painter.setOpacity(0.4)
        painter.drawImage(target, entry.thumbnail)
        painter.setOpacity(1.0)
    elif not entry.is_readable:
        painter.setPen(QColor(palette.bad))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "✕")


def _paint_badge(painter: QPainter, picture: QRect, entry: WorklistEntry, palette: Palette) -> None:
    badge = QRectF(picture.right() - 19, picture.top() + 1, 18, 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(palette.panel))
    painter.drawEllipse(badge)
    painter.setPen(QColor(glyph_colour(entry, palette)))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, entry.glyph)


def _paint_text(painter: QPainter, area: QRect, entry: WorklistEntry, palette: Palette) -> None:
    top = area.top()
    glyph = QRect(area.left(), top, 18, 20)
    painter.setPen(QColor(glyph_colour(entry, palette)))
    painter.drawText(glyph, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, entry.glyph)
    strong = QFont(painter.font())
    strong.setWeight(QFont.Weight.DemiBold)
    quiet = palette.text if entry.is_readable else palette.second_text
    _line(painter, area.adjusted(19, 0, 0, 0), top, entry.title, strong, quiet)
    normal = QFont(strong)
    normal.setWeight(QFont.Weight.Normal)
    _line(painter, area, top + 21, entry.subtitle, normal, palette.second_text)
    below = QRect(area.left(), top + 42, area.width(), 40)
    if not entry.is_readable:
        _paragraph(painter, below, entry.line, palette.bad)
    elif entry.withheld_reason and entry.state.progress is Progress.UNREAD:
        _paragraph(painter, below, entry.line, palette.second_text)
    else:
        _line(painter, area, top + 41, entry.line, normal, palette.text)
        _paint_score(painter, area, entry, palette)


def _line(painter: QPainter, area: QRect, top: int, text: str, font: QFont, colour: str) -> None:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
    painter.drawText(QRect(area.left(), top, area.width(), 20), flags, shown)


def _paragraph(painter: QPainter, area: QRect, text: str, colour: str) -> None:
    font = QFont(painter.font())
    font.setPixelSize(theme.text_pixels(12))
    painter.setFont(font)
    painter.setPen(QColor(colour))
    metrics = QFontMetrics(font)
    first, rest = _broken(metrics, text, area.width())
    painter.drawText(QRect(area.left(), area.top(), area.width(), 18), Qt.AlignmentFlag.AlignLeft, first)
    second = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(QRect(area.left(), area.top() + 16, area.width(), 18), Qt.AlignmentFlag.AlignLeft, second)


def _broken(metrics: QFontMetrics, text: str, width: int) -> tuple[str, str]:
    """Return as many words as fit into a line, and the others."""
    words = text.split()
    for count in range(len(words), 0, -1):
        first = " ".join(words[:count])
        if metrics.horizontalAdvance(first) <= width:
            return first, " ".join(words[count:])
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width), ""


def _paint_score(painter: QPainter, area: QRect, entry: WorklistEntry, palette: Palette) -> None:
    if entry.top_score is None or entry.withheld_reason:
        return
    y = area.top() + 70
    groove = QRectF(area.left(), y, max(10, area.width() - 44), 4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(palette.line))
    painter.drawRoundedRect(groove, 2, 2)
    filled = QRectF(groove)
    filled.setWidth(max(4.0, groove.width() * min(1.0, entry.top_score)))
    painter.setBrush(QColor(palette.model))
    painter.drawRoundedRect(filled, 2, 2)
    font = QFont(painter.font())
    font.setPixelSize(theme.text_pixels(12))
    painter.setFont(font)
    painter.setPen(QColor(palette.second_text))
    number = QRect(area.right() - 38, y - 8, 38, 20)
    painter.drawText(number, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{entry.top_score:.2f}")


def glyph_colour(entry: WorklistEntry, palette: Palette) -> str:
    """Return the colour of a row's state; the shape says it too."""
    if not entry.is_readable:
        return palette.bad
    if entry.state.needs_second_read:
        return palette.second_read
    return {
        Progress.SIGNED: palette.good,
        Progress.IN_PROGRESS: palette.link,
        Progress.UNREAD: palette.second_text if entry.withheld_reason else palette.text,
    }[entry.state.progress]
