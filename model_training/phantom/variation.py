"""How a domain bends what the plain phantoms drew: the patient's shape and place, the technique, the labelled boxes."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from model_training.phantom.domain import Domain
from model_training.phantom.exposure import Technique
from model_training.phantom.raster import Projection
from model_training.phantom.thorax import Thorax

_SHARE_LIMITS = 0.30, 0.98
"""Least and greatest share of the frame's width that the lungs may fill."""


def vary_thorax(rng: np.random.Generator, thorax: Thorax, domain: Domain) -> Thorax:
    """Return the chest, more turned and bent and, in some, with one lung that has lost volume."""
    lost = rng.random() < domain.volume_loss
    index, loss_mm = int(rng.integers(2)), float(rng.uniform(15, 50)) * lost
    domes = [dome - (loss_mm if place == index else 0.0) for place, dome in enumerate(thorax.dome_mm)]
    return replace(
        thorax,
        dome_mm=(domes[0], domes[1]),
        rotation_degrees=float(np.clip(thorax.rotation_degrees + rng.normal(0, domain.rotation_sd), -25, 25)),
        scoliosis_mm=float(thorax.scoliosis_mm + rng.normal(0, domain.scoliosis_sd)),
    )


def vary_place(rng: np.random.Generator, projection: Projection, thorax: Thorax, domain: Domain) -> Projection:
    """Return the view with another field of view, centre and tilt; pixel spacing follows the zoom."""
    if domain.zoom_modes == (0.0,) and domain.zoom_sd == domain.shift_sd == domain.tilt_sd == 0:
        return projection
    side = projection.side
    filled = 2 * thorax.half_width_mm / (projection.mm_per_pixel * side)
    zoom = float(np.exp(rng.choice(domain.zoom_modes) + rng.normal(0, domain.zoom_sd)))
    zoom = float(np.clip(filled * zoom, *_SHARE_LIMITS)) / filled
    angle = np.deg2rad(rng.normal(0, domain.tilt_sd))
    turn = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.full(2, side / 2)
    moved = rng.normal(0, domain.shift_sd, 2) * side
    matrix = np.column_stack(
        [turn @ projection.matrix[:, :2], turn @ (projection.matrix[:, 2] - middle) + middle + moved]
    )
    return Projection(side, projection.mm_per_pixel / zoom, matrix)


def vary_technique(rng: np.random.Generator, technique: Technique, bedside: bool, domain: Domain) -> Technique:
    """Return the technique, in some patients with much scatter, few quanta and a wide, flat grey scale."""
    if rng.random() >= domain.low_contrast * (1.5 if bedside else 0.75):
        return technique
    return replace(
        technique,
        photons_per_mm2=technique.photons_per_mm2 * float(10 ** rng.uniform(-0.8, 0)),
        scatter=technique.scatter * float(rng.uniform(1.2, 2.2)),
        widening=float(rng.uniform(0.3, 1.1)),
        dark_percentile=float(rng.uniform(0.2, 8)),
        bright_percentile=float(rng.uniform(92, 99.8)),
        sigmoid=0.0,
    )


def readers_boxes(rng: np.random.Generator, boxes: NDArray[np.float32], side: int, noise: float) -> NDArray[np.float32]:
    """Return the boxes (N, 4) as a reader might have drawn them: every edge off by ``noise`` sides of the box.

    Args:
        boxes: x1 y1 x2 y2, native pixels.
        side: of the image; boxes stay inside.
        noise: standard deviation; 0 returns the boxes.
    """
    if noise <= 0 or not len(boxes):
        return boxes
    sides = np.tile(boxes[:, 2:] - boxes[:, :2], 2)
    off = np.clip(rng.normal(0, noise, boxes.shape), -0.2, 0.2)
    return np.clip(np.round(boxes + off * sides), 0, side).astype(np.float32)
