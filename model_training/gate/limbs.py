"""Limbs, hands and shoulders as attenuation."""

import numpy as np

from model_training.gate.anatomy import ellipse, long_bone, tissue
from model_training.phantom.raster import Projection, band, spline
from model_training.phantom.soft_tissue import SOFT_TISSUE_PER_CM
from model_training.phantom.texture import Image, float32


def limb(rng: np.random.Generator, view: Projection) -> Image:
    """Draw a thigh, a lower leg, a knee or an arm, sometimes two side by side."""
    total = np.zeros((view.side, view.side), np.float32)
    reach, is_pair = float(rng.uniform(160, 320)), rng.random() < 0.3
    for middle in (-95.0, 95.0) if is_pair else (float(rng.normal(0, 12)),):
        wide = float(rng.uniform(45, 95)) * (0.8 if is_pair else 1)
        path = spline([(middle + rng.normal(0, 8), y) for y in (-reach, -reach / 3, reach / 3, reach)], 60)
        total += tissue(view, band(path, 2 * wide * np.linspace(1.15, rng.uniform(0.5, 1), 60)), wide, wide / 6)
        joint = float(rng.uniform(-reach, reach))
        width = wide * float(rng.uniform(0.25, 0.45))
        for low, high in ((-reach, joint - 4), (joint + 4, reach)):
            if high - low > 60:
                y = np.linspace(low, high, 4)
                total += long_bone(rng, view, np.column_stack([middle + rng.normal(0, 3, 4), y]), width, 1.8)
        if rng.random() < 0.6:
            y = np.linspace(joint + 10, max(reach, joint + 90), 4)
            total += long_bone(rng, view, np.column_stack([middle + 1.4 * width + 0 * y, y]), width * 0.45, 1.3)
    return total


def hand(rng: np.random.Generator, view: Projection) -> Image:
    """Draw a hand or a foot: five rays of short bones in thin tissue."""
    total = np.zeros((view.side, view.side), np.float32)
    size, is_foot = float(rng.uniform(0.9, 1.7)), rng.random() < 0.3
    palm = ellipse((0, 45), (44, 52)) * size
    thin = view.canvas()
    view.fill(thin, palm)
    view.fill(thin, band(np.array([(0.0, 70.0), (0.0, 220.0)]) * size, 60 * size))
    for ray, spread in enumerate(np.linspace(-0.55, 0.5, 5) * (0.5 if is_foot else 1)):
        length = (95, 145, 160, 150, 120)[ray] * float(rng.uniform(0.9, 1.1)) * (0.7 if is_foot else 1)
        start = np.array([70 * np.sin(spread), 45 - 20 * np.cos(spread)])
        way = np.array([np.sin(spread), -np.cos(spread)])
        view.fill(thin, band(np.stack([start, start + way * length]) * size, 21 * size))
        joints = np.cumsum([0.0, 0.32, 0.28, 0.2]) * length - 0.2 * length
        for low, high in zip(joints, joints[1:] - 3, strict=False):
            ends = np.linspace(start + way * low, start + way * high, 4) * size
            total += long_bone(rng, view, ends, 11 * size, 1.4)
        back = np.linspace(start - way * 0.2 * length, np.array([12 * spread, 75]), 4) * size
        total += long_bone(rng, view, back, 10 * size, 1.4)
    for _ in range(8):
        total += 0.35 * view.polygon(
            ellipse(np.array([rng.normal(0, 17), rng.normal(82, 9)]) * size, (9 * size, 9 * size)), 0.7
        )
    for x in (-13, 14):
        total += long_bone(rng, view, np.array([(x, 105), (x, 150), (x, 190), (x, 230)]) * size, 15 * size, 1.5)
    mask = view.finished(thin, 1.0)
    return float32(np.float32(SOFT_TISSUE_PER_CM * 2.6) * view.inflated(mask, 13 * size) + total)


def shoulder(rng: np.random.Generator, view: Projection) -> Image:
    """Draw a shoulder or an elbow: bones that meet at an angle at one side of the picture."""
    side = float(rng.choice([-1, 1]))
    flip = np.array([side, 1])
    bulk = spline(
        np.array([(-300, -60), (-120, -110), (0, -120), (85, -70), (110, 40), (130, 320), (20, 320), (-300, 330)])
    )
    total = tissue(view, bulk * flip, 70, float(rng.uniform(8, 15)))
    total += np.float32(0.45) * view.polygon(ellipse((40 * side, -45), (27, 29)), 1)
    total += long_bone(rng, view, np.array([(45, -35), (62, 80), (72, 200), (78, 330)]) * flip, 28, 1.3)
    total += long_bone(rng, view, np.array([(-280, -70), (-160, -55), (-60, -85), (15, -100)]) * flip, 15, 1.4)
    blade = np.array([(5, -60), (-95, -50), (-70, 110), (-50, 115), (5, -20)]) * flip
    total += np.float32(0.28) * view.polygon(blade, 1.5)
    for level in range(int(rng.integers(0, 7))):
        rib = np.array(
            [(-300, -20 + 34 * level), (-180, -30 + 34 * level), (-110, 10 + 34 * level), (-140, 70 + 34 * level)]
        )
        total += long_bone(rng, view, rib * flip, 9, 1.0)
    return float32(np.maximum(total, 0.02))
