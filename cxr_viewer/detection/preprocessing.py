"""From the displayed image to the square network input, and boxes there and back.

This is the one resize of the project: prepared training pixels, validation, scans and the viewer all pass here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cxr_viewer.core import geometry
from cxr_viewer.core.candidates import NetworkInput


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Where an image lies inside the square input; x and y scales differ by the rounding of the short side.

    Attributes:
        rows, columns: native size.
        scale_x, scale_y: network pixels per native pixel.
        left, top: network pixels before the image.
    """

    rows: int
    columns: int
    scale_x: float
    scale_y: float
    left: int
    top: int

    def picture(self, square: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the part of the square input that the image covers, without the black rim; no copy."""
        width, height = round(self.scale_x * self.columns), round(self.scale_y * self.rows)
        return square[self.top : self.top + height, self.left : self.left + width]

    def to_network(self, boxes: geometry.Boxes) -> geometry.Boxes:
        """Return native boxes (N, 4) in network pixels."""
        return np.asarray(boxes * self._scale + self._offset, dtype=np.float32)

    def to_native(self, boxes: geometry.Boxes) -> geometry.Boxes:
        """Return network boxes (N, 4) in native pixels, not clipped."""
        return np.asarray((boxes - self._offset) / self._scale, dtype=np.float32)

    def centres_to_native(self, centres: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return network points (N, 2) in native pixels."""
        return np.asarray((centres - self._offset[:2]) / self._scale[:2], dtype=np.float32)

    def log_sizes_to_native(self, log_sizes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return ln width and ln height (N, 2) of network pixels as those of native pixels."""
        return np.asarray(log_sizes - np.log(self._scale[:2]), dtype=np.float32)

    @property
    def _scale(self) -> NDArray[np.float64]:
        return np.array([self.scale_x, self.scale_y] * 2)

    @property
    def _offset(self) -> NDArray[np.float64]:
        return np.array([self.left, self.top] * 2, dtype=np.float64)


def letterbox_of(rows: int, columns: int, side: int) -> Letterbox:
    """Return the placement of an image in a square of ``side`` pixels: long side fills it, short side is centred."""
    scale = side / max(rows, columns)
    width, height = (max(1, round(length * scale)) for length in (columns, rows))
    return Letterbox(rows, columns, width / columns, height / rows, left=(side - width) // 2, top=(side - height) // 2)


def letterbox(image: NDArray[np.uint8], side: int) -> tuple[NDArray[np.uint8], Letterbox]:
    """Return the image (rows, columns) uint8 on a black square (side, side) uint8, and its placement.

    Resampling is Pillow's bilinear with a support that grows when shrinking (antialiased), on the half-pixel grid.
    """
    rows, columns = image.shape
    placement = letterbox_of(rows, columns, side)
    width, height = round(placement.scale_x * columns), round(placement.scale_y * rows)
    small = Image.fromarray(np.ascontiguousarray(image)).resize((width, height), Image.Resampling.BILINEAR)
    square = np.zeros((side, side), dtype=np.uint8)
    square[placement.top : placement.top + height, placement.left : placement.left + width] = np.asarray(small)
    return square, placement


def prepared(image: NDArray[np.uint8], side: int) -> NetworkInput:
    """Return the image (rows, columns) uint8 as a detector of that input side takes it."""
    square, placement = letterbox(image, side)
    return NetworkInput(square, placement.rows, placement.columns)


def network_input(square: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the letterboxed square as the network takes it: (1, 1, side, side) float32 in [0, 1]."""
    return (square.astype(np.float32) / np.float32(255))[None, None]
