"""A horizontal slider with a tick at the model's own value."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSlider, QWidget

from cxr_viewer.ui import theme

_RADIUS = 7.0


class MarkedSlider(QSlider):
    """Amber groove up to a round handle; a click jumps there; the wheel scrolls the panel, not the value."""

    def __init__(self, maximum: int, minimum: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(minimum, maximum)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._mark: int | None = None

    def sizeHint(self) -> QSize:
        return QSize(200, 20)

    def set_mark(self, value: int | None) -> None:
        """Show a tick at a value."""
        self._mark = value
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette = theme.active()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            middle = self.height() / 2
            groove = QRectF(_RADIUS, middle - 2, self.width() - 2 * _RADIUS, 4)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.line))
            painter.drawRoundedRect(groove, 2, 2)
            if self._mark is not None:
                x = self._x_of(self._mark)
                painter.setPen(QPen(QColor(palette.second_text), 1.5))
                painter.drawLine(QPointF(x, middle - 6), QPointF(x, middle + 6))
            colour = QColor(palette.model if self.isEnabled() else palette.disabled_text)
            x = self._x_of(self.sliderPosition())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(groove.left(), groove.top(), x - groove.left(), 4), 2, 2)
            painter.drawEllipse(QPointF(x, middle), _RADIUS - 1, _RADIUS - 1)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(palette.accent), 2))
                painter.drawEllipse(QPointF(x, middle), _RADIUS + 1, _RADIUS + 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._follow(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._follow(event)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def _follow(self, event: QMouseEvent) -> None:
        room = max(1.0, self.width() - 2 * _RADIUS)
        share = min(max((event.position().x() - _RADIUS) / room, 0.0), 1.0)
        self.setValue(round(self.minimum() + share * (self.maximum() - self.minimum())))

    def _x_of(self, value: int) -> float:
        share = (value - self.minimum()) / max(1, self.maximum() - self.minimum())
        return _RADIUS + share * (self.width() - 2 * _RADIUS)
