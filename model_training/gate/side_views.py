"""Spines and chests from the side as attenuation."""

import numpy as np

from model_training.gate.anatomy import column, ellipse, gas, long_bone, tissue
from model_training.phantom.raster import Projection, band, spline
from model_training.phantom.soft_tissue import SOFT_TISSUE_PER_CM
from model_training.phantom.texture import Image, float32


def spine(rng: np.random.Generator, view: Projection) -> Image:
    """Draw a neck or a back from the side: a bent row of vertebrae in a block of tissue."""
    bend, pitch = float(rng.normal(0, 45)), float(rng.uniform(22, 40))
    path = [(bend, -330), (-bend * 0.5, -110), (bend * 0.5, 110), (-bend, 330)]
    wide = float(rng.uniform(90, 220))
    total = tissue(view, band(spline(path, 60), wide * 2 * np.linspace(0.6, 1.2, 60)), wide, wide / 8)
    total += column(rng, view, path, pitch, pitch * 1.1, float(rng.uniform(0.5, 0.9)))
    behind = np.asarray(path, float) + np.array([pitch * 1.2, 6])
    total += column(rng, view, behind, pitch, pitch * 0.5, 0.35)
    return float32(np.maximum(total - gas(rng, view, int(rng.integers(0, 6)), (60, 90)) * 0.5, 0.02))


def lateral_chest(rng: np.random.Generator, view: Projection) -> Image:
    """Draw a chest from the side: one lung field between breastbone and spine, the heart in front and below."""
    facing = float(rng.choice([-1, 1]))
    deep, tall = float(rng.uniform(85, 125)), float(rng.uniform(120, 165))
    outline = [(-0.45, -2.4), (-0.62, -1.15), (-0.95, -0.8), (-1.25, 0.2), (-1.3, 1.0), (-1.35, 2.4)]
    back = [(1.25, 2.4), (1.3, 0.9), (1.5, 0.1), (1.35, -0.8), (0.75, -1.2), (0.6, -2.4)]
    scale = np.array([deep * facing, tall])
    trunk = np.concatenate([spline(outline, 60), spline(back, 60)]) * scale
    total = tissue(view, trunk, 70, float(rng.uniform(26, 36)))
    lung = spline(
        [
            (-0.25, -1.0),
            (-0.72, -0.55),
            (-0.98, 0.15),
            (-0.9, 0.62),
            (-0.3, 0.5),
            (0.25, 0.72),
            (0.95, 1.12),
            (1.12, 0.55),
            (1.12, -0.1),
            (0.85, -0.75),
            (0.3, -1.08),
            (-0.25, -1.0),
        ]
    )
    air = view.polygon(lung * scale, 2.5)
    total -= np.float32(SOFT_TISSUE_PER_CM * rng.uniform(13, 20)) * view.inflated(air, 55, 0.3)
    heart = ellipse(np.array([-0.45, 0.32]) * scale, (0.46 * deep, 0.40 * tall), 30 * facing)
    total += np.float32(rng.uniform(0.7, 1.5)) * view.inflated(view.polygon(heart, 4), 40) * air
    aorta = band(spline(np.array([(-0.1, 0.1), (0.05, -0.5), (0.5, -0.45), (0.75, 0.3), (0.7, 1.0)]) * scale, 60), 24)
    total += np.float32(rng.uniform(0.1, 0.3)) * view.polygon(aorta, 4)
    bent = np.array([(0.55, -2.2), (0.8, -1.0), (1.0, 0.1), (0.85, 1.1), (0.6, 2.3)]) * scale
    total += column(rng, view, bent, float(rng.uniform(22, 28)), 34, float(rng.uniform(0.35, 0.7)))
    sternum = view.canvas()
    view.stroke(sternum, np.array([(-0.55, -0.85), (-0.9, -0.2), (-1.08, 0.4)]) * scale, 200, 9)
    total += np.float32(0.4) * view.finished(sternum, 1.5)
    ribs = view.canvas()
    for level in np.linspace(-0.9, 1.0, 10):
        rib = spline(np.array([(1.05, level - 0.1), (0.4, level), (-0.3, level + 0.25), (-0.95, level + 0.62)]) * scale)
        view.stroke(ribs, rib, 160, 7)
        view.stroke(ribs, rib + np.array([5, 9]), 120, 7)
    total += np.float32(rng.uniform(0.12, 0.3)) * view.finished(ribs, 0.8)
    if rng.random() < 0.6:
        arm = np.array([(-0.2, -1.0), (-0.6, -1.5), (-0.9, -2.4)]) * scale
        total += tissue(view, band(spline(arm, 40), 90), 45, 8) + long_bone(rng, view, arm, 24, 1.2)
    return float32(np.maximum(total, 0.02))
