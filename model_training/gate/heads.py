"""Skulls and jaws as attenuation."""

import numpy as np

from model_training.gate.anatomy import column, ellipse, tissue
from model_training.phantom.raster import Projection, band, spline
from model_training.phantom.texture import Image, float32, fractal


def head(rng: np.random.Generator, view: Projection) -> Image:
    """Draw a skull from the front or the side: a bright shell, eye sockets, jaw, teeth, neck."""
    half = float(rng.uniform(68, 82)), float(rng.uniform(85, 105))
    shift = float(rng.choice([-25, 0, 25]))
    total = tissue(view, ellipse((0, 0), (half[0] + 7, half[1] + 7)), 80, 15)
    shell = view.canvas()
    view.stroke(shell, ellipse((0, -8), half), 230, float(rng.uniform(6, 11)))
    total += np.float32(0.9) * view.finished(shell, 1.2) + np.float32(0.35) * view.polygon(ellipse((0, -8), half), 1.5)
    neck = band(np.array([(0.0, 70.0), (-shift, 300.0)]), float(rng.uniform(90, 130)))
    total += tissue(view, neck, 50, 11)
    total += column(rng, view, [(-shift, 80), (-shift, 150), (-shift, 300)], 22, 32, 0.5)
    for side in (-1, 1):
        socket = ellipse((side * 32 + shift, 8), (19, 16))
        total -= np.float32(0.28) * view.polygon(socket, 2)
        jaw = view.canvas()
        view.stroke(jaw, [(side * 58 + shift, 35), (side * 52 + shift, 88), (side * 18 + shift, 112)], 220, 13)
        total += np.float32(0.6) * view.finished(jaw, 1.5)
    total -= np.float32(0.3) * view.polygon(ellipse((shift, 36), (12, 22)), 2)
    for tooth in np.linspace(-24, 24, 9):
        total += np.float32(0.8) * view.polygon(ellipse((tooth + shift, 78), (2.6, 10)), 0.5)
    return float32(np.maximum(total, 0.02))


def teeth(rng: np.random.Generator, view: Projection) -> Image:
    """Draw a panoramic view of jaws: two rows of teeth on an arc."""
    total = np.full((view.side, view.side), 0.9, np.float32)
    total += np.float32(0.4) * fractal(rng, view.side, (4, 8, 16), 0.6)
    smile = float(rng.uniform(10, 60))
    for x in np.linspace(-150, 150, 16) + rng.normal(0, 2, 16):
        y = -smile * (x / 150) ** 2
        for up in (-1, 1):
            tooth = ellipse((x, y + up * 30), (8.5, 27), float(rng.normal(0, 6)))
            total += np.float32(rng.uniform(0.7, 1.3)) * view.polygon(tooth, 0.6)
    jaw = band(spline([(-210, -150), (-190, 20), (0, 95), (190, 20), (210, -150)], 90), 45)
    total += np.float32(0.7) * view.polygon(jaw, 2)
    nose = ellipse((0, -95), (float(rng.uniform(30, 60)), 28))
    return float32(np.maximum(total - np.float32(0.5) * view.polygon(nose, 4), 0.02))
