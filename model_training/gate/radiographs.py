"""Takes radiographs of the other body parts: random placement, the phantoms' exposure, markers, a random frame."""

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.detection.preprocessing import letterbox
from model_training.gate.body_parts import BODY_PARTS, Draw
from model_training.phantom.exposure import collimate, expose, grey_scale, sample_technique, shade
from model_training.phantom.markers import draw_markers
from model_training.phantom.raster import Projection
from model_training.phantom.texture import fractal
from model_training.phantom.thorax import ViewPosition

_FIELD_MM = (170.0, 520.0)
"""Width of what the detector covers: a knee to a whole pelvis."""

_LARGEST_ASPECT = 1.9


def take(rng: np.random.Generator, side: int, part: str) -> NDArray[np.uint8]:
    """Return a radiograph of a named part, (rows, columns) uint8, the longer side ``side`` pixels."""
    return frame(rng, _exposed(rng, side, BODY_PARTS[part]))


def _exposed(rng: np.random.Generator, side: int, draw: Draw) -> NDArray[np.uint8]:
    view: ViewPosition = "AP" if rng.random() < 0.5 else "PA"
    tilt = float(rng.normal(0, 8)) + (float(rng.choice([90, 180, 270])) if rng.random() < 0.1 else 0)
    centre = 0.5 + float(rng.normal(0, 0.08)), 0.5 + float(rng.normal(0, 0.08))
    projection = Projection.place(side, float(rng.uniform(*_FIELD_MM)) / side, centre, np.zeros(2), tilt)
    attenuation = draw(rng, projection) * np.float32(rng.uniform(0.8, 1.2))
    # tissue is never even
    attenuation *= 1 + np.float32(rng.uniform(0, 0.06)) * fractal(rng, side, (8, 16, 32, 64), 0.8)
    technique = sample_technique(rng, view)
    values = shade(rng, grey_scale(expose(rng, attenuation, technique, projection), technique))
    if rng.random() < 0.6:
        values = draw_markers(rng, collimate(rng, values, view), view)
    return np.asarray(np.clip(np.round(values * 255), 0, 255), np.uint8)


def frame(rng: np.random.Generator, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the image cut to a random shape, as films and detectors have."""
    rows, columns = image.shape
    ratio = float(np.exp(rng.uniform(-1, 1) * np.log(_LARGEST_ASPECT))) if rng.random() < 0.6 else 1.0
    height, width = (rows, round(columns / ratio)) if ratio > 1 else (round(rows * ratio), columns)
    top, left = int(rng.integers(rows - height + 1)), int(rng.integers(columns - width + 1))
    return image[top : top + height, left : left + width]


def boxed(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Return the image as the network gets it: letterboxed, (side, side) uint8."""
    return letterbox(image, side)[0]
