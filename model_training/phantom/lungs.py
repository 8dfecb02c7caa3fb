"""Finds the lungs of a frontal chest radiograph: dark areas left and right of the middle that look like a pair.

No network: areas below many thresholds, of the picture itself and of the picture without its slow unevenness, are
compared by how sharp their outline is, how large and how compact they are. Opacified or tilted lungs are missed often,
which does not matter here: what is wanted are clear backgrounds, and what is doubtful is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from model_training.phantom.opacities import Mask
from model_training.phantom.texture import Image, blur, float32
from model_training.phantom.thorax import SIDES

_SIDE = 160
"""Long side of the picture that is searched: lungs are large and smooth."""
_BLUR, _UNEVENNESS = 1.3, 18.0
"""Sigmas of the noise and of the slow unevenness that are taken away, pixels of the search."""
_THRESHOLDS = 24
_OUTLINE = 0.4
"""Of the blurred mask; below a half, since opening takes away what the edge's blur did not."""
_LEAST_CONTRAST = 0.12
"""Between the 5th and the 95th percentile; less is no radiograph."""

# Shares of the picture, and plain ratios; adults on whole films with some room
_AREA = 0.025, 0.24
_LEAST_HEIGHT = 0.22
_ASPECT = 1.1, 3.8  # height to width
_LEAST_SOLIDITY = 0.72  # area to that of the convex hull
_MIDDLE = 0.30, 0.70  # columns that the midline may lie in
_LEVEL = 0.15, 0.80  # rows that a lung's centre may lie in
# Of the two lungs relative to each other
_LARGEST_AREA_RATIO = 2.3
_LEAST_COMMON_HEIGHT = 0.65  # of the shorter lung
_GAP = 0.02, 0.30  # widths of the picture between both, at their nearest
_LARGEST_OFFSET = 0.20  # heights of the picture between their tops, and between their bottoms
_LEAST_MEDIASTINUM = 0.06  # by how much what lies between them is brighter, of black to white
_LARGEST_IMBALANCE = 0.6  # difference of their greys, of that


class LungsNotFoundError(Exception):
    """A picture without a plausible pair of lungs; the message is a phrase that says what is missing."""


@dataclass(frozen=True)
class _Area:
    """A dark area that may be a lung; lengths in pixels of the search."""

    mask: Mask
    left: int
    top: int
    right: int
    bottom: int
    size: int
    grey: float
    score: float

    @property
    def height(self) -> int:
        return self.bottom - self.top


def find_lungs(image: NDArray[np.uint8]) -> tuple[Mask, Mask]:
    """Return the masks of the patient's right lung (on the image's left) and left lung, each of the image's shape.

    Args:
        image: (rows, columns) uint8 as displayed, air black.

    Raises:
        LungsNotFoundError: it is none, not frontal, inverted, cut, or the lungs are not clear.
    """
    rows, columns = image.shape
    scale = _SIDE / max(rows, columns)
    size = max(1, round(columns * scale)), max(1, round(rows * scale))
    picture = blur(float32(cv2.resize(image, size, interpolation=cv2.INTER_AREA)) * np.float32(1 / 255), _BLUR)
    low, high = np.percentile(picture, (5, 95))
    if high - low < _LEAST_CONTRAST:
        raise LungsNotFoundError("it has hardly any contrast")
    areas = list(_dark_areas(picture))
    candidates = [[area for area in areas if _is_on(area, side, size[0])] for side in SIDES]
    for name, found in zip(("left", "right"), candidates, strict=True):
        if not found:
            raise LungsNotFoundError(f"no lung is found in its {name} half")
    pairs = [pair for pair in product(candidates[0], candidates[1]) if _is_pair(pair[0], pair[1], picture)]
    if not pairs:
        raise LungsNotFoundError("the dark areas in its two halves do not look like a pair of lungs")
    best = max(pairs, key=lambda pair: pair[0].score + pair[1].score)
    right, left = (_enlarged(area.mask, columns, rows) for area in best)
    return right, left


def _dark_areas(picture: Image) -> Iterator[_Area]:
    """Yield areas that may be a lung: below one of many thresholds, inside the picture, of plausible shape."""
    rows, columns = picture.shape
    slope = float32(np.hypot(cv2.Sobel(picture, cv2.CV_32F, 1, 0), cv2.Sobel(picture, cv2.CV_32F, 0, 1)))
    for view in (picture, picture - blur(picture, _UNEVENNESS)):
        lowest, highest = (float(np.percentile(view, percent)) for percent in (5, 75))
        for threshold in np.linspace(lowest, highest, _THRESHOLDS):
            dark = cv2.morphologyEx((view < threshold).astype(np.uint8), cv2.MORPH_OPEN, _disc(2))
            count, labels, statistics, _ = cv2.connectedComponentsWithStats(dark, connectivity=4)
            for number in range(1, count):
                x, y, width, height, size = (int(value) for value in statistics[number])
                touches_edge = min(x, y) <= 1 or x + width >= columns - 1 or y + height >= rows - 1
                if touches_edge or not _AREA[0] * 0.8 <= size / picture.size <= _AREA[1]:
                    continue
                area = _area(_whole(labels == number), picture, slope)
                if area is not None:
                    yield area


def _area(mask: Mask, picture: Image, slope: Image) -> _Area | None:
    """Return the area, or None when size, shape or level are not those of a lung."""
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(outlines, key=cv2.contourArea)
    left, top, width, height = cv2.boundingRect(outline)
    rows, _ = mask.shape
    size = int(mask.sum())
    solidity = cv2.contourArea(outline) / max(cv2.contourArea(cv2.convexHull(outline)), 1.0)
    level = (top + height / 2) / rows
    if (
        not _AREA[0] <= size / mask.size <= _AREA[1]
        or not _ASPECT[0] <= height / width <= _ASPECT[1]
        or not _LEVEL[0] <= level <= _LEVEL[1]
        or height < _LEAST_HEIGHT * rows
        or solidity < _LEAST_SOLIDITY
    ):
        return None
    points = outline[:, 0]
    sharpness = float(slope[points[:, 1], points[:, 0]].mean())
    score = sharpness * size**0.5 * solidity**2
    grey = float(np.median(picture[mask]))
    return _Area(mask, left, top, left + width, top + height, size, grey, score)


def _is_on(area: _Area, side: int, width: int) -> bool:
    """Tell whether the area lies in one half of a picture of that width, but for what a turned patient may cross."""
    middle = (area.left + area.right) / 2 / width - 0.5
    return side * middle > 0.04


def _is_pair(right: _Area, left: _Area, picture: Image) -> bool:
    """Tell whether two areas look like the two lungs of one person, with the brighter mediastinum between them."""
    rows, columns = picture.shape
    sizes = sorted((right.size, left.size))
    top, bottom = max(right.top, left.top), min(right.bottom, left.bottom)
    offset = max(abs(right.top - left.top), abs(right.bottom - left.bottom)) / rows
    gap = (left.left - right.right) / columns
    middle = (left.left + right.right) / 2 / columns
    if (
        sizes[1] > _LARGEST_AREA_RATIO * sizes[0]
        or bottom - top < _LEAST_COMMON_HEIGHT * min(right.height, left.height)
        or offset > _LARGEST_OFFSET
        or not _GAP[0] <= gap <= _GAP[1]
        or not _MIDDLE[0] <= middle <= _MIDDLE[1]
    ):
        return False
    brighter = float(np.median(picture[top:bottom, right.right : left.left])) - max(right.grey, left.grey)
    return brighter >= _LEAST_MEDIASTINUM and abs(right.grey - left.grey) <= _LARGEST_IMBALANCE * brighter


def _whole(mask: Mask) -> Mask:
    """Close the gaps that ribs and vessels leave."""
    room = 8
    closed = cv2.morphologyEx(np.pad(mask.astype(np.uint8), room), cv2.MORPH_CLOSE, _disc(5))
    filled: Mask = ndimage.binary_fill_holes(closed[room:-room, room:-room])
    return filled


def _disc(radius: int) -> NDArray[np.uint8]:
    disc: NDArray[np.uint8] = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return disc


def _enlarged(mask: Mask, columns: int, rows: int) -> Mask:
    larger = cv2.resize(blur(float32(mask), 1.0), (columns, rows), interpolation=cv2.INTER_LINEAR)
    smooth: Mask = larger > _OUTLINE
    return smooth
