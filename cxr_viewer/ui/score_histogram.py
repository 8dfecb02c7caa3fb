"""How the scores of the candidates are spread, above the score slider."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cxr_viewer.core.candidates import SCORE_FLOOR
from cxr_viewer.ui import theme

BINS = 26
_HEIGHT = 26


class ScoreHistogram(QWidget):
    """Bars of the logarithm of the count; those below the threshold are faint."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = np.zeros(BINS, dtype=np.int64)
        self._threshold = 1.0
        self.setAccessibleName("Scores of the candidates")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def show_scores(self, scores: NDArray[np.float32] | None) -> None:
        """Show the scores of all candidates; None for none."""
        values = np.zeros(0, dtype=np.float32) if scores is None else scores
        self._counts, _ = np.histogram(values, bins=BINS, range=(SCORE_FLOOR, 1.0))
        self.setAccessibleDescription(f"{int(self._counts.sum())} candidates")
        self.update()

    def show_threshold(self, threshold: float) -> None:
        """Mark where the threshold is."""
        self._threshold = threshold
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            colour = QColor(theme.active().model)
            faint = QColor(colour)
            faint.setAlphaF(0.30)
            heights = np.log1p(self._counts) / max(1.0, float(np.log1p(self._counts.max(initial=0))))
            step = self.width() / BINS
            for number, height in enumerate(heights if self._counts.any() else ()):
                middle = SCORE_FLOOR + (number + 0.5) / BINS * (1 - SCORE_FLOOR)
                tall = max(1.0, float(height) * (self.height() - 2))
                bar = QRectF(number * step + 0.5, self.height() - tall, step - 1.5, tall)
                painter.fillRect(bar, colour if middle >= self._threshold else faint)
