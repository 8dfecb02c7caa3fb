"""Phantoms that are no longer an upright frontal chest: turned, inverted, cut to a detail or a strip, taken apart."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Damage = Callable[[np.random.Generator, Picture], Picture]
"""A generator and a picture (rows, columns) uint8 in, another picture out."""


def quarter_turn(rng: np.random.Generator, image: Picture) -> Picture:
    """Lay the patient on the side."""
    return np.rot90(image, int(rng.choice([1, 3])))


def half_turn(rng: np.random.Generator, image: Picture) -> Picture:
    """Stand the patient on the head; sometimes mirrored as well."""
    return image[::-1] if rng.random() < 0.5 else image[::-1, ::-1]


def invert(rng: np.random.Generator, image: Picture) -> Picture:
    """Swap black and white, sometimes within the exposed field only."""
    if rng.random() < 0.5:
        return 255 - image
    return np.where(image > 2, 255 - image, image).astype(np.uint8)


def detail(rng: np.random.Generator, image: Picture) -> Picture:
    """Cut a detail out, a sixth to a third of the side: too little to know a chest by."""
    side = round(min(image.shape) * float(rng.uniform(0.16, 0.34)))
    top, left = (int(rng.integers(length - side + 1)) for length in image.shape)
    return image[top : top + side, left : left + side]


def strip(rng: np.random.Generator, image: Picture) -> Picture:
    """Leave a strip of the picture exposed, upright or across, and blacken the rest."""
    kept = np.zeros_like(image)
    length = image.shape[0]
    width = round(length * float(rng.uniform(0.08, 0.26)))
    start = int(rng.integers(length // 12, length - width - length // 12))
    part = (slice(None), slice(start, start + width)) if rng.random() < 0.5 else (slice(start, start + width),)
    kept[part] = image[part]
    return kept


def tiles(rng: np.random.Generator, image: Picture) -> Picture:
    """Shuffle the quarters or the sixteenths of the picture."""
    count = int(rng.choice([2, 3, 4]))
    side = min(image.shape) // count
    places = [(row, column) for row in range(count) for column in range(count)]
    order = np.roll(np.arange(len(places)), 1) if count == 2 else rng.permutation(len(places))
    result = np.zeros((side * count, side * count), np.uint8)
    for (row, column), source in zip(places, order, strict=True):
        y, x = places[source]
        result[row * side : (row + 1) * side, column * side : (column + 1) * side] = image[
            y * side : (y + 1) * side, x * side : (x + 1) * side
        ]
    return result


def lower_half(rng: np.random.Generator, image: Picture) -> Picture:
    """Show what lies below the diaphragm, or neck and shoulders: a picture that was aimed elsewhere."""
    length = image.shape[0]
    part = round(length * float(rng.uniform(0.16, 0.27)))
    return image[length - part :] if rng.random() < 0.5 else image[:part]


def far_away(rng: np.random.Generator, image: Picture) -> Picture:
    """Put the picture, small, into a large empty frame: a whole body, or a screen with several pictures."""
    length = image.shape[0]
    small = image[:: int(rng.integers(4, 7)), :: int(rng.integers(4, 7))]
    result = np.full_like(image, int(rng.choice([0, 0, 128, 255])))
    for _ in range(int(rng.integers(1, 4))):
        top, left = int(rng.integers(length - small.shape[0])), int(rng.integers(length - small.shape[1]))
        result[top : top + small.shape[0], left : left + small.shape[1]] = small
    return result


DAMAGES: Mapping[str, Damage] = {
    "quarter turn": quarter_turn,
    "half turn": half_turn,
    "inverted": invert,
    "detail": detail,
    "strip": strip,
    "tiles": tiles,
    "lower half": lower_half,
    "far away": far_away,
}
