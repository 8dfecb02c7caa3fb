"""Trunks without a frontal chest as attenuation: hips, bellies, breasts."""

import numpy as np

from model_training.gate.anatomy import column, ellipse, gas, long_bone, tissue
from model_training.phantom.raster import Projection, spline
from model_training.phantom.texture import Image, float32, fractal


def hips(rng: np.random.Generator, view: Projection) -> Image:
    """Draw a pelvis with both hips, or one hip alone."""
    wide = float(rng.uniform(165, 215))
    outline = spline([(-wide * 0.85, -330), (-wide, -60), (-wide * 1.05, 60), (-wide * 0.95, 330)], 50)
    trunk = np.concatenate([outline, outline[::-1] * (-1, 1)])
    total = tissue(view, trunk, 110, float(rng.uniform(16, 24)))
    for side in (-1, 1):
        flip = np.array([side * float(rng.uniform(0.96, 1.04)), 1])
        wing = spline(
            np.array([(22, -30), (60, -95), (112, -105), (132, -62), (98, -5), (70, 22), (35, 15), (22, -30)])
        )
        total += np.float32(0.32) * view.polygon(wing * flip, 1.2)
        rim = view.canvas()
        view.stroke(rim, wing * flip, 210, 5)
        view.stroke(rim, np.array([(30, 20), (75, 40), (88, 62)]) * flip, 230, 9)
        ring = ellipse((42 * side, 82), (30, 36), 25 * side)
        view.stroke(rim, ring, 240, float(rng.uniform(9, 15)))
        total += np.float32(0.5) * view.finished(rim, 1.2)
        head = ellipse((88 * side, 45), (25, 25))
        total += np.float32(rng.uniform(0.35, 0.6)) * view.polygon(head, 1.0)
        neck = np.array([(95, 50), (118, 68), (136, 88)]) * flip
        total += long_bone(rng, view, neck, 34, 1.1)
        shaft = np.array([(134, 80), (130, 160), (122, 250), (116, 340)]) * flip
        total += long_bone(rng, view, shaft, float(rng.uniform(30, 38)), 1.25)
    sacrum = np.array([(-38, -60), (38, -60), (30, -5), (10, 40), (-10, 40), (-30, -5)])
    total += np.float32(0.35) * view.polygon(sacrum, 2.0)
    total += column(rng, view, [(0, -340), (rng.normal(0, 5), -200), (0, -62)], 36, 46, 0.55)
    return float32(np.maximum(total - gas(rng, view, int(rng.integers(2, 9)), (45, 50)), 0.02))


def abdomen(rng: np.random.Generator, view: Projection) -> Image:
    """Draw a belly: no lungs, spine, bowel gas, the tops of the hip bones."""
    wide = float(rng.uniform(130, 190))
    outline = spline([(-wide, -320), (-wide * rng.uniform(0.88, 1), 0), (-wide * 1.05, 320)], 50)
    total = tissue(view, np.concatenate([outline, outline[::-1] * (-1, 1)]), 100, float(rng.uniform(16, 26)))
    total += column(rng, view, [(0, -330), (rng.normal(0, 9), 0), (0, 160)], 36, 46, float(rng.uniform(0.4, 0.7)))
    for side in (-1, 1):
        psoas = np.array([(20, -110), (34, -100), (78, 130), (45, 140)]) * (side, 1)
        total += np.float32(0.08) * view.polygon(psoas, 4.0)
        wing = np.array([(30, 150), (70, 95), (120, 85), (140, 120), (100, 240), (40, 220)]) * (side, 1)
        total += np.float32(0.3) * view.polygon(wing, 2.0)
        for level in range(int(rng.integers(0, 4))):
            rib = spline(
                [(25 * side, -190 + 30 * level), (90 * side, -170 + 30 * level), (125 * side, -120 + 30 * level)]
            )
            total += long_bone(rng, view, rib[::30], 9, 1.0)
    return float32(np.maximum(total - gas(rng, view, int(rng.integers(8, 40)), (70, 95)), 0.02))


def breast(rng: np.random.Generator, view: Projection) -> Image:
    """Draw a mammogram: a half disc at one side, glands inside."""
    side = float(rng.choice([-1, 1]))
    size = float(rng.uniform(110, 190))
    mask = view.polygon(ellipse((side * 230, float(rng.normal(0, 20))), (size * 1.5, size)), 1)
    glands = np.clip(fractal(rng, view.side, (6, 12, 24, 48), 0.75), -1, 2.5)
    return float32(mask * np.maximum(0.9 + np.float32(rng.uniform(0.2, 0.45)) * glands, 0.1))
