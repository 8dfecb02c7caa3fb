"""What drawn body parts are made of: rounded tissue, long bones, rows of vertebrae, bowel gas; all as attenuation.

Frame: millimetres, origin at the detector's centre, x right, y down.
"""

import numpy as np
from numpy.typing import ArrayLike

from model_training.phantom.raster import Points, Projection, band, spline
from model_training.phantom.soft_tissue import SOFT_TISSUE_PER_CM
from model_training.phantom.texture import Image, float32


def ellipse(centre: ArrayLike, half: tuple[float, float], turn_degrees: float = 0.0) -> Points:
    """Return an outline (60, 2) of an ellipse."""
    angles = np.linspace(0, 2 * np.pi, 60)
    turn = np.deg2rad(turn_degrees)
    x, y = half[0] * np.cos(angles), half[1] * np.sin(angles)
    turned = np.column_stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)])
    points: Points = turned + np.asarray(centre, float)
    return points


def tissue(view: Projection, outline: Points, radius_mm: float, thickness_cm: float) -> Image:
    """Return the attenuation of a rounded body of soft tissue."""
    mask = view.polygon(outline, 0.5)
    return float32(np.float32(SOFT_TISSUE_PER_CM * thickness_cm) * view.inflated(mask, radius_mm))


def long_bone(rng: np.random.Generator, view: Projection, path: ArrayLike, width_mm: float, ends: float) -> Image:
    """Return a shaft with bright walls and a darker marrow; its ends are ``ends`` times as wide."""
    curve = spline(path, 60)
    along = np.abs(np.linspace(-1, 1, 60))
    widths = width_mm * (1 + (ends - 1) * along**6)
    whole, marrow = view.canvas(), view.canvas()
    view.fill(whole, band(curve, widths))
    view.fill(marrow, band(curve, np.maximum(widths - 0.28 * width_mm - 1, 1)))
    density = width_mm / 30 * rng.uniform(0.8, 1.3)
    return float32(density * (0.9 * view.finished(whole, 0.5) - 0.35 * view.finished(marrow, 0.7)))


def column(
    rng: np.random.Generator, view: Projection, path: ArrayLike, pitch_mm: float, width_mm: float, strength: float
) -> Image:
    """Return a row of vertebral bodies along a path."""
    curve = spline(path, 200)
    steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
    bodies = view.canvas()
    for start in np.arange(float(rng.uniform(0, pitch_mm)), steps[-1] - pitch_mm, pitch_mm):
        inside = (steps >= start) & (steps <= start + 0.78 * pitch_mm)
        if inside.sum() > 2:
            view.fill(bodies, band(curve[inside], width_mm * rng.uniform(0.93, 1.07)))
    return float32(strength * view.finished(bodies, 1.0))


def gas(rng: np.random.Generator, view: Projection, count: int, spread: tuple[float, float]) -> Image:
    """Return bubbles of bowel gas, to be taken off."""
    canvas = view.canvas()
    for _ in range(count):
        centre = rng.normal(0, 1, 2) * spread
        view.fill(
            canvas, ellipse(centre, tuple(rng.uniform(8, 34, 2)), float(rng.uniform(0, 180))), rng.uniform(90, 255)
        )
    return float32(0.55 * view.finished(canvas, 2.5))
