"""What the model saw: the picture it was given, and the chain that made it."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cxr_viewer.dicom.windowing import Voi, VoiLut
from cxr_viewer.ui import theme
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.elided_label import ElidedLabel

SIDE = 84


class NetworkInputPanel(QWidget):
    """A small picture and three lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("What the model saw")
        theme.set_role(title, "heading")
        self._verdict = QLabel()
        theme.set_role(self._verdict, "good")
        self._picture = QLabel()
        self._picture.setFixedSize(SIDE, SIDE)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setAccessibleName("The model's input")
        theme.set_role(self._picture, "canvas")
        self._lines = [ElidedLabel("note"), ElidedLabel("note"), ElidedLabel("note")]
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self._verdict)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        for label in self._lines:
            words.addWidget(label)
        words.addStretch(1)
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addWidget(self._picture)
        body.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addLayout(body)

    def show_image(self, image: DisplayedImage | None) -> None:
        """Show the input of the instance on the screen."""
        if image is None:
            self._picture.clear()
            self._verdict.clear()
            for label in self._lines:
                label.clear()
            return
        ratio = self.devicePixelRatioF()
        picture = QPixmap.fromImage(thumbnail(image, round(SIDE * ratio)))
        picture.setDevicePixelRatio(ratio)
        self._picture.setPixmap(picture)
        polarity = "minimum white" if image.header.shows_minimum_white else "minimum black"
        for label, text in zip(
            self._lines,
            (f"{image.columns} × {image.rows}, letterboxed", f"modality LUT → {voi_words(image)}", polarity),
            strict=True,
        ):
            label.setText(text)

    def show_verdict(self, is_withheld: bool) -> None:
        """Show whether the gate lets the image through."""
        self._verdict.setText("withheld" if is_withheld else "frontal chest ✓")
        theme.set_role(self._verdict, "caution" if is_withheld else "good")


def voi_words(image: DisplayedImage) -> str:
    """Return in words which VOI the model's input went through."""
    voi: Voi = image.automatic
    if isinstance(voi, VoiLut):
        return "VOI LUT"
    return "header's window" if voi in image.header.windows else "percentiles 0.5–99.5"


def thumbnail(image: DisplayedImage, side: int) -> QImage:
    """Return the image as the model sees it, at most ``side`` pixels wide and high."""
    level = image.pyramid.level(image.pyramid.level_for(side / max(image.rows, image.columns)))
    grey: NDArray[np.uint8] = image.rendered(level, image.automatic, False)
    picture = QImage(grey.data, grey.shape[1], grey.shape[0], grey.strides[0], QImage.Format.Format_Grayscale8)
    return picture.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
