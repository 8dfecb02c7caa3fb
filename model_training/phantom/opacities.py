"""Lung opacities (consolidation and its kin) with their exact masks."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from model_training.phantom.soft_tissue import SOFT_TISSUE_PER_CM, Chest
from model_training.phantom.texture import Image, fractal, logistic
from model_training.phantom.thorax import SIDES
from model_training.phantom.vessels import grow

Mask = NDArray[np.bool_]

# Boxes per image with opacities: 2,614 / 3,266 / 119 / 13 of 6,012 in the RSNA stage-2 training labels.
BOX_COUNTS = (1, 2, 3, 4)
BOX_COUNT_SHARES = np.array([2614, 3266, 119, 13]) / 6012

_VISIBLE = 0.40
"""The mask is where at least this share of the opacity's full strength is present."""
_SMALLEST = 0.036
"""Smallest box side relative to the image: 40 of 1,024 pixels is the smallest RSNA box."""


@dataclass
class Opacities:
    """What was drawn: the attenuation to add, how far vessels are silhouetted out, one mask per opacity."""

    attenuation: Image
    coverage: Image
    masks: list[Mask] = field(default_factory=list)
    boxes: list[tuple[int, int, int, int]] = field(default_factory=list)
    strengths: list[float] = field(default_factory=list)
    """Peak -log attenuation each opacity asks for."""

    def overlaps(self, box: tuple[int, int, int, int]) -> bool:
        """Tell whether a box (x1 y1 x2 y2) touches one already drawn."""
        return any(
            min(box[2], other[2]) > max(box[0], other[0]) - 2 and min(box[3], other[3]) > max(box[1], other[1]) - 2
            for other in self.boxes
        )


def draw_opacities(rng: np.random.Generator, chest: Chest) -> Opacities:
    """Draw one to four opacities, mostly one per lung; two are of similar size and density more often than not."""
    side = chest.projection.side
    drawn = Opacities(np.zeros((side, side), np.float32), np.zeros((side, side), np.float32))
    count = int(rng.choice(BOX_COUNTS, p=BOX_COUNT_SHARES))
    first = int(rng.integers(2))
    strength = float(np.exp(rng.uniform(np.log(0.3), np.log(1.3))))
    shared = rng.standard_normal(2)
    for number in range(count):
        other = number == 1 and rng.random() < 0.88
        index = first if number == 0 else 1 - first if other else int(rng.integers(2))
        for _ in range(8 if number < 2 else 24):
            # a third one must fit beside two others, so it is small
            if _try_one(rng, chest, drawn, index, strength, shared if number < 2 else shared - 1.5):
                break
    if rng.random() < 0.4:
        _add_haze(rng, chest, drawn, strength)
    return drawn


def _try_one(
    rng: np.random.Generator,
    chest: Chest,
    drawn: Opacities,
    index: int,
    image_strength: float,
    shared: NDArray[np.float64],
) -> bool:
    """Draw one opacity in lung `index` unless it comes out too small or touches another; tell whether it was drawn."""
    region = _sample_region(rng, chest, index, shared)
    amount = _amount(rng, chest, region)
    lung = chest.lungs[index]
    seen = amount * np.clip(lung, 0, 1) * (1 - 0.65 * chest.heart)
    mask = _largest_parts(seen > _VISIBLE)
    box = _bounding_box(mask)
    if box is None or min(box[2] - box[0], box[3] - box[1]) < _SMALLEST * chest.projection.side or drawn.overlaps(box):
        return False
    strength = image_strength * float(np.exp(rng.normal(0, 0.25)))
    mottled = rng.random() < 0.55
    grain = fractal(rng, chest.projection.side, (7, 15, 32, 66), 0.72)
    depth = rng.uniform(0.25, 0.55) if mottled else rng.uniform(0.1, 0.28)
    body = amount * np.clip(1 + grain * np.float32(depth), 0.1, 2.2)
    tail = chest.projection.blurred(amount, float(rng.uniform(9, 22))) * np.float32(rng.uniform(0.05, 0.22))
    air = np.clip(chest.aerated_cm, 0, None)
    wanted = np.float32(strength) * np.maximum(body, tail) * (0.35 + 0.65 * np.clip(air / 6, 0, 1.15))
    if strength > 0.35 and rng.random() < 0.5:
        wanted *= 1 - _bronchogram(rng, chest, index, region) * amount
    # an opacity replaces air: it cannot absorb more than fluid in the whole depth of the lung would
    drawn.attenuation += np.minimum(wanted, np.float32(SOFT_TISSUE_PER_CM) * (air + 1.2)) * np.clip(lung, 0, 1)
    drawn.coverage = np.maximum(drawn.coverage, amount * np.float32(min(1.0, strength / 0.5)))
    drawn.masks.append(mask)
    drawn.boxes.append(box)
    drawn.strengths.append(strength)
    return True


@dataclass(frozen=True)
class _Region:
    """Centre and size of an opacity before its edge is made ragged, mm."""

    x: float
    y: float
    width: float
    height: float


def _sample_region(rng: np.random.Generator, chest: Chest, index: int, shared: NDArray[np.float64]) -> _Region:
    """Choose size and place within a lung.

    Sizes are drawn relative to the lung, so that a small field of view gives large boxes as in the RSNA labels
    (in a 1,024 frame: width 218 +- 90, height 329 +- 150); mostly low in the lung.
    """
    outline = chest.outlines[index]
    left, top = outline.points.min(axis=0)
    right, bottom = outline.points.max(axis=0)
    z = 0.55 * shared + 0.835 * rng.standard_normal(2)
    tall = 0.5 * z[0] + 0.866 * z[1]
    width = float(np.clip(0.80 + 0.42 * z[0], 0.20, 1.2)) * (right - left)
    height = float(np.clip(0.53 + 0.27 * tall, 0.14, 1.02)) * (bottom - top)
    low, high = top - 0.03 * height, bottom - 0.96 * height
    y = low + (high - low) * float(rng.beta(1.9, 1.25)) if high > low else (low + high) / 2
    rows = (outline.points[:, 1] >= y) & (outline.points[:, 1] <= y + height)
    if rows.any():
        left, right = outline.points[rows, 0].min(), outline.points[rows, 0].max()
        width = min(width, 1.08 * (right - left))
    low, high = left - 0.05 * width, right - 0.95 * width
    x = float(rng.uniform(low, high)) if high > low else (low + high) / 2
    return _Region(float(x + width / 2), float(y + height / 2), float(width), float(height))


def _amount(rng: np.random.Generator, chest: Chest, region: _Region) -> Image:
    """Return the opacity's share of its full strength in [0, 1]: a rounded box with a ragged, soft edge."""
    view = chest.projection
    power = float(rng.uniform(1.8, 3.2))
    ragged = np.float32(rng.uniform(0.14, 0.36)) * fractal(rng, view.side, (8, 16, 33), 0.75)
    softness = float(rng.uniform(0.04, 0.2))
    lean = float(rng.normal(0, 0.15))  # most are not upright
    x, y = view.x - np.float32(region.x), view.y - np.float32(region.y)
    u = np.abs(x + np.float32(lean) * y) * np.float32(2 / region.width)
    v = np.abs(y) * np.float32(2 / region.height)
    reach = cv2.pow(cv2.pow(u, power) + cv2.pow(v, power), 1 / power)
    return logistic((1 - reach + ragged) / np.float32(softness))


def _bronchogram(rng: np.random.Generator, chest: Chest, index: int, region: _Region) -> Image:
    """Return the share that air-filled bronchi take away from an opacity."""
    canvas = chest.projection.canvas()
    x, y = chest.hilum(SIDES[index])
    direction, distance = float(np.arctan2(region.y - y, region.x - x)), float(np.hypot(region.x - x, region.y - y))
    for _ in range(3):
        angle = direction + float(rng.normal(0, 0.25))
        grow(rng, chest, canvas, (x, y), angle, float(rng.uniform(2.2, 3.0)), distance + region.height / 3)
    return chest.projection.finished(canvas, 0.9) * np.float32(rng.uniform(0.3, 0.6))


def _add_haze(rng: np.random.Generator, chest: Chest, drawn: Opacities, strength: float) -> None:
    """Add a faint uneven veil over both lungs: diseased lungs are seldom clear outside the marked opacity."""
    veil = np.clip(0.5 + 0.5 * fractal(rng, chest.projection.side, (4, 8), 0.7), 0, 1.5)
    drawn.attenuation += chest.lung * veil * np.float32(min(0.16, 0.22 * strength) * rng.uniform(0.2, 0.8))


def _largest_parts(mask: Mask) -> Mask:
    """Keep the largest connected part and those above an eighth of its area."""
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count < 2:
        return np.zeros_like(mask)
    areas = statistics[:, cv2.CC_STAT_AREA].astype(np.int64)
    areas[0] = 0
    kept: Mask = (areas > 0.125 * areas.max())[labels]
    return kept


def _bounding_box(mask: Mask) -> tuple[int, int, int, int] | None:
    """Return x1 y1 x2 y2 in pixels, corner origin, or None for an empty mask."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if len(columns) == 0:
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
