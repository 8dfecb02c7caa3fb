"""Random fields and blurs: the noise that tissue, opacities and exposure are made of."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Image = NDArray[np.float32]

# Above these sigmas (pixels) a blur is computed on a picture reduced by the factor; the difference drowns in the noise.
_REDUCTIONS = ((24.0, 8), (8.0, 4))


def float32(values: ArrayLike) -> Image:
    """Return the values as a float32 array, without a copy where they are one already."""
    return np.asarray(values, dtype=np.float32)


def lattice(rng: np.random.Generator, side: int, cells: int) -> Image:
    """Return a (side, side) smooth random field with about `cells` independent values along a side."""
    coarse = rng.standard_normal((cells, cells), dtype=np.float32)
    return float32(cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC))


def fractal(rng: np.random.Generator, side: int, cells: Sequence[int], persistence: float) -> Image:
    """Return a (side, side) sum of lattices of about unit variance.

    Args:
        cells: independent values along a side, one number per octave, so that the structure keeps its size in
            the frame whatever the side is.
        persistence: amplitude of each octave relative to the one before it.
    """
    total = np.zeros((side, side), np.float32)
    weight, power = 1.0, 0.0
    for count in cells:
        total += np.float32(weight) * lattice(rng, side, count)
        power += weight * weight
        weight *= persistence
    total *= np.float32(1 / np.sqrt(power))
    return total


def blur(image: Image, sigma: float) -> Image:
    """Return the image after a Gaussian blur; sigma in pixels, 0.2 or less leaves it as it is."""
    if sigma <= 0.2:
        return image
    for limit, factor in _REDUCTIONS:
        if sigma > limit:
            rows, columns = image.shape
            small = cv2.resize(image, (max(1, columns // factor), max(1, rows // factor)), interpolation=cv2.INTER_AREA)
            small = cv2.GaussianBlur(small, (0, 0), sigma / factor)
            return float32(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR))
    return float32(cv2.GaussianBlur(image, (0, 0), sigma))


def logistic(values: Image) -> Image:
    """Return 1 / (1 + exp(-values)) without overflow."""
    return float32(1 / (1 + np.exp(-np.clip(values, -30, 30))))
