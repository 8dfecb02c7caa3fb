"""Halved copies of an image's pixels, so that a window is applied to screen-sized arrays only."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]

SMALLEST_SIDE = 256
"""No copy has a longer side below this many pixels."""


class ImagePyramid:
    """Native pixels (rows, columns) and their means over 2x2, 4x4, ... blocks, made when first asked for."""

    def __init__(self, pixels: Pixels) -> None:
        self._levels: list[Pixels] = [pixels]

    @property
    def pixels(self) -> Pixels:
        """The native pixels, (rows, columns)."""
        return self._levels[0]

    @property
    def nbytes(self) -> int:
        """Bytes held by the levels made so far."""
        return sum(level.nbytes for level in self._levels)

    def level_for(self, zoom: float) -> int:
        """Return the coarsest level that still has at least one pixel per screen pixel at a zoom."""
        level = 0
        longest = max(self.pixels.shape)
        while zoom * 2 ** (level + 1) <= 1.0 and longest / 2 ** (level + 1) >= SMALLEST_SIDE:
            level += 1
        return level

    def level(self, number: int) -> Pixels:
        """Return one level; level 0 is native, each next has half the rows and columns (rounded down)."""
        while len(self._levels) <= number:
            self._levels.append(halved(self._levels[-1]))
        return self._levels[number]


def halved(pixels: Pixels) -> Pixels:
    """Return means over 2x2 blocks in the same dtype; a last odd row or column is left out.

    Integer sums are made in a type that cannot overflow.
    """
    rows, columns = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
    wide = pixels.dtype if pixels.dtype.kind == "f" else (np.int64 if pixels.dtype.itemsize > 2 else np.int32)
    sums = pixels[0:rows:2, 0:columns:2].astype(wide)
    sums += pixels[1:rows:2, 0:columns:2]
    sums += pixels[0:rows:2, 1:columns:2]
    sums += pixels[1:rows:2, 1:columns:2]
    if pixels.dtype.kind == "f":
        return np.asarray(sums / 4, dtype=pixels.dtype)
    return np.asarray(sums >> 2, dtype=pixels.dtype)
