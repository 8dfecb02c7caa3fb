"""Lines that the reader measures: in native pixels, said in millimetres only with what they are measured at."""

import math
from dataclasses import dataclass
from typing import Self

from cxr_viewer.dicom.pixel_header import PixelHeader

Point = tuple[float, float]

SHORTEST = 1.0
"""Native pixels; a shorter line was a slip of the hand."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A line between two native points."""

    start: Point
    end: Point

    @property
    def is_meant(self) -> bool:
        """Whether it is longer than a slip of the hand."""
        return math.dist(self.start, self.end) >= SHORTEST


def length_words(line: Measurement, header: PixelHeader) -> str:
    """Return the length of a line: "px", or millimetres with their basis ("at detector", "calibrated …").

    Rows and columns may be spaced differently, so each direction is scaled before the length is taken.
    """
    across, down = line.end[0] - line.start[0], line.end[1] - line.start[1]
    if header.spacing_mm is None or not header.spacing_basis:
        return f"{math.hypot(across, down):.0f} px"
    row_mm, column_mm = header.spacing_mm
    return f"{math.hypot(across * column_mm, down * row_mm):.1f} mm {header.spacing_basis}"


class Measurements:
    """The lines on one image, the last of which may still follow the hand; nothing of them is stored."""

    def __init__(self) -> None:
        self._lines: list[Measurement] = []
        self._growing: Measurement | None = None

    @property
    def lines(self) -> tuple[Measurement, ...]:
        """The lines to be shown, oldest first."""
        growing = (self._growing,) if self._growing and self._growing.is_meant else ()
        return (*self._lines, *growing)

    @property
    def is_growing(self) -> bool:
        """Whether a line follows the hand."""
        return self._growing is not None

    def begin(self, point: Point) -> Self:
        """Begin a line."""
        self._growing = Measurement(point, point)
        return self

    def follow(self, point: Point) -> None:
        """Follow the hand."""
        if self._growing:
            self._growing = Measurement(self._growing.start, point)

    def end(self) -> None:
        """Let the line stand, unless it was a slip."""
        self._lines = list(self.lines)
        self._growing = None

    def take_back(self) -> None:
        """Give the growing line up, or remove the last one."""
        if self._growing is None and self._lines:
            self._lines.pop()
        self._growing = None

    def clear(self) -> None:
        """Remove all."""
        self._lines, self._growing = [], None
