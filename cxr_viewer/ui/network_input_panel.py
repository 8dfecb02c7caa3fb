"""What the model saw: the very input of its members, the chain that made it, and its greys against the training's."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cxr_viewer.core.training_range import TrainingRange
from cxr_viewer.ui import theme
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.grey_histogram import GreyHistogram
from cxr_viewer.ui.seen_input import SeenInput

SIDE = 96


class NetworkInputPanel(QWidget):
    """The square, its histogram and the chain in words; what is unusual stands above them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_withheld = False
        self._seen: SeenInput | None = None
        title = QLabel("What the model saw")
        theme.set_role(title, "heading")
        self.verdict = QLabel()
        theme.set_role(self.verdict, "good")
        self.caution = QLabel()
        self.caution.setWordWrap(True)
        theme.set_role(self.caution, "caution")
        self.warning = QLabel()
        self.warning.setWordWrap(True)
        theme.set_role(self.warning, "bad")
        self.picture = QLabel()
        self.picture.setFixedSize(SIDE, SIDE)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setAccessibleName("The model's input")
        theme.set_role(self.picture, "canvas")
        self.histogram = GreyHistogram()
        self._legend = QLabel()
        theme.set_role(self._legend, "note")
        self.chain = QLabel()
        self.chain.setWordWrap(True)
        self.chain.setAccessibleName("From the file to the model")
        theme.set_role(self.chain, "note")
        self._lay_out(title)
        self.show_warning("")
        self.show_seen(None, None)

    def _lay_out(self, title: QLabel) -> None:
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.verdict)
        greys = QVBoxLayout()
        greys.setSpacing(4)
        greys.addStretch(1)
        greys.addWidget(self.histogram)
        greys.addWidget(self._legend)
        greys.addStretch(1)
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addWidget(self.picture)
        body.addLayout(greys, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.warning)
        layout.addWidget(self.caution)
        layout.addLayout(body)
        layout.addWidget(self.chain)

    def show_withheld(self, is_withheld: bool) -> None:
        """Show whether the gate lets the image through."""
        self._is_withheld = is_withheld
        self._show_verdict()

    def show_seen(self, seen: SeenInput | None, known: TrainingRange | None) -> None:
        """Show an input beside the range of the training images; None while there is none."""
        self._seen = seen
        self.histogram.show_greys(None if seen is None else seen.shares, known)
        self._legend.setText("" if seen is None else "band: training images" if known else "no range in this bundle")
        self.chain.setText("" if seen is None else " → ".join(seen.chain))
        self.picture.setToolTip("" if seen is None else f"{seen.square.shape[1]} × {seen.square.shape[0]} pixels")
        if seen is None:
            self.picture.clear()
        else:
            ratio = self.devicePixelRatioF()
            pixmap = QPixmap.fromImage(
                _picture(seen.square).scaled(
                    round(SIDE * ratio),
                    round(SIDE * ratio),
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )
            pixmap.setDevicePixelRatio(ratio)
            self.picture.setPixmap(pixmap)
        self._show_verdict()

    def show_warning(self, sentence: str) -> None:
        """Say that the answers of the model cannot be right, "" for nothing to say."""
        self.warning.setText(sentence)
        self.warning.setVisible(bool(sentence))

    def _show_verdict(self) -> None:
        judged = self._seen.verdict if self._seen else None
        is_unusual = judged is not None and not judged.is_usual
        self.caution.setText(f"Unusual: {judged.words}." if judged is not None and is_unusual else "")
        self.caution.setVisible(is_unusual)
        if self._seen is None:
            text, mood = "", "good"
        elif self._is_withheld:
            text, mood = "withheld", "caution"
        elif judged is None:
            text, mood = "frontal chest ✓", "good"
        else:
            text, mood = ("unusual ⚠", "caution") if is_unusual else ("in training range ✓", "good")
        self.verdict.setText(text)
        theme.set_role(self.verdict, mood)


def _picture(square: NDArray[np.uint8]) -> QImage:
    borrowed = QImage(square.data, square.shape[1], square.shape[0], square.strides[0], QImage.Format.Format_Grayscale8)
    return borrowed.copy()


def thumbnail(image: DisplayedImage, side: int) -> QImage:
    """Return the image as the model sees it, at most ``side`` pixels wide and high."""
    level = image.pyramid.level(image.pyramid.level_for(side / max(image.rows, image.columns)))
    grey: NDArray[np.uint8] = image.rendered(level, image.automatic, False)
    picture = QImage(grey.data, grey.shape[1], grey.shape[0], grey.strides[0], QImage.Format.Format_Grayscale8)
    return picture.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
