"""The patient's frame in millimetres, its projection onto the detector, and drawing through that projection."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

from model_training.phantom.texture import Image, blur, float32

Points = NDArray[np.float64]
Canvas = NDArray[np.uint8]

_SUBPIXEL_BITS = 4  # cv2 draws in fixed point: 1/16 pixel


@dataclass(frozen=True)
class Projection:
    """Where the patient lies on a square detector.

    The patient's frame has its origin on the midline at the level of the lung apices; x runs to the image's right
    (the patient's left), y down, both in millimetres on the detector plane (magnification included).

    Args:
        side: rows and columns of the detector, pixels.
        mm_per_pixel: imager pixel spacing.
        matrix: (2, 3) float64, takes (x mm, y mm, 1) to (x, y) pixels with the pixel-corner origin.
    """

    side: int
    mm_per_pixel: float
    matrix: NDArray[np.float64]

    @classmethod
    def place(
        cls, side: int, mm_per_pixel: float, centre: tuple[float, float], at: Points, tilt: float
    ) -> "Projection":
        """Put the patient's point `at` (mm) on `centre` (fractions of the side), turned by `tilt` degrees."""
        angle = np.deg2rad(tilt)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / mm_per_pixel
        shift = np.asarray(centre) * side - turn @ np.asarray(at, float)
        return cls(side, mm_per_pixel, np.column_stack([turn, shift]))

    def reduced(self, factor: int) -> "Projection":
        """Return the same view on a detector with `factor` times fewer pixels along each side."""
        side = max(32, self.side // factor)
        scale = side / self.side
        return Projection(side, self.mm_per_pixel / scale, self.matrix * scale)

    @cached_property
    def _grids(self) -> tuple[Image, Image]:
        inverse = np.linalg.inv(self.matrix[:, :2])
        centres = np.arange(self.side) + 0.5
        columns, rows = centres - self.matrix[0, 2], centres - self.matrix[1, 2]
        x = inverse[0, 0] * columns[None, :] + inverse[0, 1] * rows[:, None]
        y = inverse[1, 0] * columns[None, :] + inverse[1, 1] * rows[:, None]
        return x.astype(np.float32), y.astype(np.float32)

    @property
    def x(self) -> Image:
        """(side, side) patient x of every pixel centre, mm."""
        return self._grids[0]

    @property
    def y(self) -> Image:
        """(side, side) patient y of every pixel centre, mm."""
        return self._grids[1]

    def pixels(self, millimetres: float) -> float:
        """Return a length in pixels."""
        return millimetres / self.mm_per_pixel

    def to_pixels(self, points: ArrayLike) -> Points:
        """Return (N, 2) points of the patient's frame in pixels, pixel-corner origin."""
        located: Points = np.asarray(points, float) @ self.matrix[:, :2].T + self.matrix[:, 2]
        return located

    def canvas(self) -> Canvas:
        """Return an empty drawing."""
        return np.zeros((self.side, self.side), np.uint8)

    def fill(self, canvas: Canvas, outline: ArrayLike, value: float = 255) -> None:
        """Fill the polygon `outline` (mm)."""
        cv2.fillPoly(canvas, [self._fixed_point(outline)], float(value), cv2.LINE_AA, _SUBPIXEL_BITS)

    def stroke(self, canvas: Canvas, path: ArrayLike, value: float, width_mm: float) -> None:
        """Draw a line along `path` (mm); a line thinner than a pixel is drawn fainter instead."""
        width = self.pixels(width_mm)
        thickness = max(1, round(width))
        shade = int(np.clip(value * min(1.0, width / thickness), 0, 255))
        cv2.polylines(canvas, [self._fixed_point(path)], False, shade, thickness, cv2.LINE_AA, _SUBPIXEL_BITS)

    def polygon(self, outline: ArrayLike, blur_mm: float = 0.0) -> Image:
        """Return the filled polygon as a picture in [0, 1]."""
        canvas = self.canvas()
        self.fill(canvas, outline)
        return self.finished(canvas, blur_mm)

    def finished(self, canvas: Canvas, blur_mm: float = 0.0) -> Image:
        """Return a drawing as a picture in [0, 1], blurred by sigma `blur_mm`."""
        return blur(float32(canvas) * np.float32(1 / 255), self.pixels(blur_mm))

    def blurred(self, image: Image, sigma_mm: float) -> Image:
        """Return the picture after a Gaussian blur of sigma `sigma_mm`."""
        return blur(image, self.pixels(sigma_mm))

    def inflated(self, mask: Image, radius_mm: float, floor: float = 0.0) -> Image:
        """Return a rounded thickness in [0, 1] for a silhouette: a quarter circle of `radius_mm` along its edge."""
        distance = cv2.distanceTransform((mask > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
        depth = np.clip(distance / self.pixels(radius_mm), 0, 1)
        rounded = np.sqrt(np.clip(1 - (1 - depth) ** 2, floor, 1)) * mask
        return float32(rounded)

    def enlarged(self, reduced: Image) -> Image:
        """Return a picture of a reduced projection at this projection's size."""
        bigger = cv2.resize(reduced, (self.side, self.side), interpolation=cv2.INTER_LINEAR)
        return float32(bigger)

    def _fixed_point(self, points: ArrayLike) -> NDArray[np.int32]:
        # cv2 has its origin at the first pixel's centre, the projection at its corner
        located = np.clip(self.to_pixels(points) - 0.5, -2e4, 2e4)
        return np.asarray(np.round(located * 2**_SUBPIXEL_BITS), np.int32)


def spline(points: ArrayLike, count: int = 120) -> Points:
    """Return `count` points along the smooth curve through `points` (N, 2)."""
    knots = np.asarray(points, float)
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(knots, axis=0).T))])
    curve: Points = CubicSpline(length, knots)(np.linspace(0, length[-1], count))
    return curve


def band(path: Points, width_mm: ArrayLike) -> Points:
    """Return the outline (2N, 2) of a strip of the given width (one number or N) along a path (N, 2)."""
    tangent = np.gradient(path, axis=0)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]]) / (np.hypot(*tangent.T)[:, None] + 1e-9)
    offset = normal * (np.broadcast_to(np.asarray(width_mm, float), (len(path),))[:, None] / 2)
    return np.concatenate([path + offset, (path - offset)[::-1]])
