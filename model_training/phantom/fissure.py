"""The minor fissure: a fine line across the right lung, or the edge of a lobe that has lost air."""

import numpy as np

from model_training.phantom.raster import spline
from model_training.phantom.soft_tissue import Chest
from model_training.phantom.texture import Image, float32
from model_training.phantom.thorax import RIGHT


def fissure_attenuation(rng: np.random.Generator, chest: Chest) -> Image:
    """Return the attenuation of the minor fissure, hair-fine to a few millimetres when fluid lies in it."""
    view, thorax = chest.projection, chest.thorax
    level = 0.5 * thorax.base_mm + float(rng.normal(0, 8))
    wall = RIGHT * float(thorax.half_width(level, RIGHT))
    hilum, _ = chest.hilum(RIGHT)
    path = spline(
        [
            (hilum, level + float(rng.normal(0, 4))),
            ((hilum + wall) / 2, level - float(rng.uniform(0, 9))),
            (wall, level + float(rng.normal(2, 6))),
        ],
        40,
    )
    canvas = view.canvas()
    width = float(rng.uniform(2, 6)) if rng.random() < 0.15 else float(rng.uniform(0.5, 1.2))
    view.stroke(canvas, path, 255, width)
    return float32(chest.lungs[0] * view.finished(canvas, 0.4) * np.float32(rng.uniform(0.08, 0.3)))
