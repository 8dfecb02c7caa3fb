"""Abnormalities that are no lung opacity in the sense of the labels: what makes an image "Not Normal"."""

from collections.abc import Callable

import numpy as np

from model_training.phantom.raster import spline
from model_training.phantom.soft_tissue import SOFT_TISSUE_PER_CM, Chest
from model_training.phantom.texture import Image, float32, fractal, lattice, logistic
from model_training.phantom.thorax import SIDES

# Cardiomegaly and the raised dome are drawn by the thorax's shape, enlarged hila and oedema also by the vessels.
NAMES = (
    "nodules",
    "mass",
    "effusion",
    "cardiomegaly",
    "bands",
    "pneumothorax",
    "raised dome",
    "reticulation",
    "enlarged hila",
    "oedema",
)
BESIDE_OPACITIES = ("effusion", "cardiomegaly", "bands", "raised dome", "reticulation", "enlarged hila")


def choose_distractors(rng: np.random.Generator, image_class: str) -> tuple[str, ...]:
    """Return one or two names for a "Not Normal" image, at most one beside opacities, none for a normal one."""
    if image_class == "No Lung Opacity / Not Normal":
        count = 1 if rng.random() < 0.6 else 2
        return tuple(str(name) for name in rng.choice(NAMES, size=count, replace=False))
    if image_class == "Lung Opacity" and rng.random() < 0.45:
        return (str(rng.choice(BESIDE_OPACITIES)),)
    return ()


def distractor_attenuation(rng: np.random.Generator, chest: Chest, names: tuple[str, ...], vessels: Image) -> Image:
    """Return what the named abnormalities add to the attenuation (a pneumothorax also takes away)."""
    total = np.zeros_like(chest.attenuation)
    for name in names:
        if name == "pneumothorax":
            total += _pneumothorax(rng, chest, vessels)
        elif name in _DRAWN:
            total += _DRAWN[name](rng, chest)
    return total


def _balls(
    rng: np.random.Generator, chest: Chest, count: int, radius_mm: tuple[float, float], depth: tuple[float, float]
) -> Image:
    view = chest.projection
    total = np.zeros_like(chest.attenuation)
    for _ in range(count):
        free = chest.lungs[int(rng.integers(2))] * (1 - chest.heart)
        step = max(1, view.side // 64)
        rows, columns = np.nonzero(free[::step, ::step] > 0.9)
        if len(rows) == 0:
            continue
        chosen = int(rng.integers(len(rows)))
        x, y = (float(grid[rows[chosen] * step, columns[chosen] * step]) for grid in (view.x, view.y))
        radius = float(rng.uniform(*radius_mm))
        distance = np.hypot((view.x - x) / radius, (view.y - y) / (radius * rng.uniform(0.8, 1.2)))
        distance += np.float32(0.06) * lattice(rng, view.side, 24)
        total += np.sqrt(np.clip(1 - distance**2, 0, 1)) * np.float32(rng.uniform(*depth))
    return chest.lung * total * np.float32(SOFT_TISSUE_PER_CM)


def _nodules(rng: np.random.Generator, chest: Chest) -> Image:
    return _balls(rng, chest, int(rng.integers(1, 5)), (2.5, 6), (1.2, 2.6))


def _mass(rng: np.random.Generator, chest: Chest) -> Image:
    return _balls(rng, chest, 1, (9, 18), (1.5, 3.2))


def _effusion(rng: np.random.Generator, chest: Chest) -> Image:
    """Fluid that rises laterally (meniscus); on a bedside film also a veil, for the patient lies."""
    view, thorax = chest.projection, chest.thorax
    total = np.zeros_like(chest.attenuation)
    indices = (0, 1) if rng.random() < 0.35 else (int(rng.integers(2)),)
    for index in indices:
        side, outline = SIDES[index], chest.outlines[index]
        height = float(np.exp(rng.uniform(np.log(7), np.log(58))))
        out = np.clip(side * view.x / float(thorax.half_width(outline.angle_mm, side)), 0, 1.1)
        level = outline.dome_mm - height * (0.25 + 0.75 * out**3) + 7 * (1 - out)
        softness = float(rng.uniform(3, 7)) * (2.0 if thorax.view == "AP" else 1)
        fluid = logistic((view.y - level) / np.float32(softness))
        if thorax.view == "AP":
            fluid = np.maximum(fluid, np.float32(rng.uniform(0, 0.3)) * np.clip(view.y / thorax.base_mm, 0, 1) ** 2)
        limit = np.minimum(np.float32(SOFT_TISSUE_PER_CM * 0.95) * chest.aerated_cm, np.float32(rng.uniform(0.7, 1.5)))
        total += chest.lungs[index] * fluid * limit
    return total


def _bands(rng: np.random.Generator, chest: Chest) -> Image:
    """Plate-like atelectases near the bases."""
    view = chest.projection
    total = np.zeros_like(chest.attenuation)
    for _ in range(int(rng.integers(1, 4))):
        index = int(rng.integers(2))
        side = SIDES[index]
        x = side * chest.thorax.half_width_mm * float(rng.uniform(0.2, 0.45))
        y = chest.outlines[index].dome_mm - float(rng.uniform(7, 72))
        length, slope, bend = float(rng.uniform(25, 67)), float(np.sin(rng.normal(0, 0.3))), float(rng.normal(0, 2))
        path = [(x, y), (x + side * length / 2, y + length / 2 * slope + bend), (x + side * length, y + length * slope)]
        canvas = view.canvas()
        view.stroke(canvas, spline(path, 20), 255, float(rng.uniform(1.4, 5)))
        total += (
            chest.lungs[index]
            * view.finished(canvas, float(rng.uniform(0.7, 1.8)))
            * np.float32(rng.uniform(0.12, 0.4))
        )
    return total


def _pneumothorax(rng: np.random.Generator, chest: Chest, vessels: Image) -> Image:
    """Air without vessels outside a thin pleural line."""
    view, thorax = chest.projection, chest.thorax
    index = int(rng.integers(2))
    side, share, top = SIDES[index], float(rng.uniform(0.75, 0.93)), float(rng.uniform(7, 22))
    small = view.reduced(2)
    limit = np.interp(small.y, np.linspace(-40, 400, 60), thorax.half_width(np.linspace(-40, 400, 60), side) * share)
    inner = (side * small.x < limit) & (small.y > top + 36 * (np.abs(small.x) / thorax.half_width_mm - 0.3))
    collapsed = view.enlarged(small.blurred(inner.astype(np.float32), 0.9))
    edge = np.clip(1 - np.abs(2 * collapsed - 1), 0, 1) * (1 - 0.7 * chest.heart)
    outside = (1 - collapsed) * (view.y < chest.outlines[index].dome_mm - 15)
    return float32(chest.lungs[index] * (np.float32(0.14) * edge - outside * (vessels + np.float32(0.1))))


def _reticulation(rng: np.random.Generator, chest: Chest) -> Image:
    """A net of fine lines, denser towards the bases."""
    view = chest.projection
    net = np.abs(fractal(rng, view.side, (62, 112), 0.8))
    place = np.clip(0.4 + 0.5 * lattice(rng, view.side, 4) + 0.9 * (view.y / chest.thorax.base_mm - 0.5), 0, 1.3)
    lines = 1 - np.clip(net * 2.2, 0, 1)
    strength = SOFT_TISSUE_PER_CM * rng.uniform(0.5, 1.1) * np.clip(chest.aerated_cm / 6, 0, 1)
    return float32(chest.lung * lines * place * strength)


def _oedema(rng: np.random.Generator, chest: Chest) -> Image:
    """A butterfly-shaped veil around the hila."""
    small = chest.projection.reduced(4)
    veil = np.zeros((small.side, small.side), np.float32)
    for side in SIDES:
        x, y = chest.hilum(side)
        veil += np.exp(-(((small.x - x - side * 14) / 40) ** 2) - ((small.y - y - 14) / 54) ** 2)
    uneven = 1 + 0.25 * fractal(rng, chest.projection.side, (24, 48), 0.85)
    return chest.lung * chest.projection.enlarged(veil) * uneven * np.float32(rng.uniform(0.07, 0.2))


_DRAWN: dict[str, Callable[[np.random.Generator, Chest], Image]] = {
    "nodules": _nodules,
    "mass": _mass,
    "effusion": _effusion,
    "bands": _bands,
    "reticulation": _reticulation,
    "oedema": _oedema,
}


def lung_texture(rng: np.random.Generator, chest: Chest, coarse: bool) -> Image:
    """Return the attenuation of the lung's fine structure, stronger when `coarse`."""
    grain = fractal(rng, chest.projection.side, (28, 56, 112, 180), 0.85)
    strength = SOFT_TISSUE_PER_CM * rng.uniform(0.06, 0.16) * (1.9 if coarse else 1)
    return chest.lung * grain * np.float32(strength) * np.clip(chest.aerated_cm / 8, 0, 1.2)
