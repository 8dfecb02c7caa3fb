"""The bundle's FROC curve as a small picture, with a dot where the score slider stands."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from cxr_viewer.detection.bundle import OperatingPoint
from cxr_viewer.ui import theme

_HEIGHT = 112
_CAPTION = 34  # two lines: the name of the data set is never cut off
_LEAST_RATE = 1.0
"""The axis of false positives per image ends here at least, so that curves of good models do not look alike."""


class FrocCurve(QWidget):
    """Sensitivity over false positives per image; both axes start at 0, and the data set stands in the picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: tuple[OperatingPoint, ...] = ()
        self._dataset = ""
        self._here: OperatingPoint | None = None
        self.setAccessibleName("FROC curve")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def here(self) -> OperatingPoint | None:
        """The point that is marked."""
        return self._here

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def show_curve(self, points: tuple[OperatingPoint, ...], dataset: str) -> None:
        """Show the points of a model and the data set they were measured on."""
        self._points, self._dataset = points, dataset
        self.update()

    def show_point(self, point: OperatingPoint | None) -> None:
        """Mark a point; None marks none."""
        self._here = point
        words = f"sensitivity {point.sensitivity:.2f}" if point else "no point marked"
        self.setAccessibleDescription(f"measured on {self._dataset}; {words}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._points:
            return
        palette = theme.active()
        plot = QRectF(26, 5, self.width() - 34, self.height() - _CAPTION - 8)
        most = max(_LEAST_RATE, *(point.false_positives_per_image for point in self._points))
        with QPainter(self) as painter:
            font = QFont(painter.font())
            font.setPixelSize(11)
            painter.setFont(font)
            painter.setPen(QPen(QColor(palette.line), 1))
            painter.drawLine(plot.bottomLeft(), plot.bottomRight())
            painter.drawLine(plot.bottomLeft(), plot.topLeft())
            painter.setPen(QColor(palette.second_text))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, plot.top() - 6, 22, 14), right, "1")
            painter.drawText(QRectF(0, plot.bottom() - 8, 22, 14), right, "0")
            words = f"false positives per image, 0 to {most:.2g}\non {self._dataset}"
            below = QRectF(plot.left(), plot.bottom() + 3, plot.width() + 8, _CAPTION)
            wrapped = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWrapAnywhere
            painter.drawText(below, wrapped, words)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(palette.model), 1.6))
            painter.drawPolyline(QPolygonF([_place(point, plot, most) for point in self._points]))
            if self._here is not None:
                painter.setBrush(QColor(palette.model))
                painter.setPen(QPen(QColor(palette.panel), 1.5))
                painter.drawEllipse(_place(self._here, plot, most), 5, 5)


def _place(point: OperatingPoint, plot: QRectF, most: float) -> QPointF:
    return QPointF(
        plot.left() + plot.width() * point.false_positives_per_image / most,
        plot.bottom() - plot.height() * point.sensitivity,
    )
