"""The greys of the network's input as bars, before the band where those of the training images lie."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from cxr_viewer.core.training_range import BINS, TrainingRange
from cxr_viewer.ui import theme

_HEIGHT = 52


class GreyHistogram(QWidget):
    """Bars for the image; a filled band from the 5th to the 95th percentile of the training images behind them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares = np.zeros(BINS)
        self._known: TrainingRange | None = None
        self.setAccessibleName("Greys of the model's input")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def has_band(self) -> bool:
        """Whether the range of the training images is drawn."""
        return self._known is not None

    def sizeHint(self) -> QSize:
        return QSize(150, _HEIGHT)

    def show_greys(self, shares: NDArray[np.float64] | None, known: TrainingRange | None) -> None:
        """Show the shares of an image's greys, (BINS,), and the range of the training images."""
        self._shares = np.zeros(BINS) if shares is None else shares
        self._known = known if shares is not None else None
        band = f", band: 5th to 95th percentile of {known.images} training images" if known else ""
        self.setToolTip(f"Greys of the input from black to white{band}.")
        self.setAccessibleDescription(f"{float((self._shares[: BINS // 2]).sum()):.0%} of the pixels are dark")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        palette = theme.active()
        base = self.height() - 1.0
        with QPainter(self) as painter:
            if self._known is not None:
                band = QColor(palette.good)
                band.setAlphaF(0.28)
                painter.setPen(QPen(QColor(palette.good), 1))
                painter.setBrush(band)
                upper = self._points(np.array(self._known.high))
                lower = self._points(np.array(self._known.low))
                painter.drawPolygon(QPolygonF([*upper, *reversed(lower)]))
            step = self.width() / BINS
            colour = QColor(palette.text)
            for number, height in enumerate(self._heights(self._shares)):
                if height > 0:
                    painter.fillRect(QRectF(number * step + step * 0.3, base - height, step * 0.4, height), colour)
            painter.setPen(QPen(QColor(palette.line), 1))
            painter.drawLine(QPointF(0, base), QPointF(self.width(), base))

    def _heights(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return heights in pixels; the square root lets few greys be seen beside many."""
        return np.sqrt(np.clip(shares / 0.25, 0, 1)) * (self.height() - 4)

    def _points(self, shares: NDArray[np.float64]) -> list[QPointF]:
        step = self.width() / BINS
        return [
            QPointF((number + 0.5) * step, self.height() - 1 - height)
            for number, height in enumerate(self._heights(shares))
        ]
