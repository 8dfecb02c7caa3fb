"""Lines, tubes, leads, pacemakers and other foreign bodies."""

import cv2
import numpy as np

from model_training.phantom.raster import Canvas, spline
from model_training.phantom.soft_tissue import Chest
from model_training.phantom.texture import Image


def device_attenuation(rng: np.random.Generator, chest: Chest) -> tuple[Image, tuple[str, ...]]:
    """Return the attenuation of the devices on and in the patient, and their names; bedside patients have more."""
    bedside = chest.thorax.view == "AP"
    likely = 0.62 if bedside else 0.12
    canvas = chest.projection.canvas()
    names: list[str] = []
    for name, chance, draw in (
        ("leads", likely, _leads),
        ("central line", likely * 0.6, _central_line),
        ("tracheal tube", likely * 0.5 if bedside else 0.0, _tracheal_tube),
        ("gastric tube", likely * 0.45, _gastric_tube),
        ("pacemaker", 0.05, _pacemaker),
        ("port", 0.03, _port),
        ("sternal wires", 0.06, _sternal_wires),
        ("clips", 0.04, _clips),
    ):
        if rng.random() < chance:
            draw(rng, chest, canvas)
            names.append(name)
    return 1.7 * chest.projection.finished(canvas, 0.35), tuple(names)


def other_device_attenuation(rng: np.random.Generator, chest: Chest) -> tuple[Image, tuple[str, ...]]:
    """Return the attenuation of drains, cables, plates and electrodes of other makes, at least one, and their names."""
    canvas = chest.projection.canvas()
    drawn = {"chest drain": _chest_drain, "cables": _cables, "spinal rods": _spinal_rods, "button": _buttons}
    chosen = rng.choice(list(drawn), size=int(rng.integers(1, 3)), replace=False)
    names = tuple(str(name) for name in chosen)
    for name in names:
        drawn[name](rng, chest, canvas)
    return float(rng.uniform(1.2, 2.2)) * chest.projection.finished(canvas, 0.4), names


def _disc(
    chest: Chest, canvas: Canvas, x: float, y: float, radius_mm: float, value: float, ring_mm: float = 0.0
) -> None:
    view = chest.projection
    centre = np.round((view.to_pixels([(x, y)])[0] - 0.5) * 16).astype(int)
    thickness = max(1, round(view.pixels(ring_mm))) if ring_mm else -1
    radius = max(1, round(view.pixels(radius_mm) * 16))
    cv2.circle(canvas, (int(centre[0]), int(centre[1])), radius, value, thickness, cv2.LINE_AA, 4)


def _leads(rng: np.random.Generator, chest: Chest, canvas: Canvas) -> None:
    wide = chest.thorax.half_width_mm
    for _ in range(int(rng.integers(2, 6))):
        x, y = float(rng.uniform(-1.1, 1.1)) * wide, float(rng.uniform(0, 1.15)) * chest.thorax.base_mm
        end_y = float(rng.uniform(330, 480)) if rng.random() < 0.6 else -float(rng.uniform(120, 200))
        middle = 0.5 * (y + end_y)
        path = [(x, y), (x + rng.normal(0, 30), 0.7 * y + 0.3 * middle), (x + rng.normal(0, 50), middle)]
        path.append((x + float(rng.normal(0, 60)), end_y))
        chest.projection.stroke(canvas, spline(path, 60), float(rng.uniform(70, 160)), float(rng.uniform(0.7, 1.7)))
        value = float(rng.uniform(110, 220))
        _disc(chest, canvas, x, y, float(rng.uniform(3, 6)), value, 1.2 if rng.random() < 0.5 else 0.0)


def _central_line(rng: np.random.Generator, chest: Chest, canvas: Canvas) -> None:
    side = 1 if rng.random() < 0.4 else -1
    vein = -16 + float(chest.thorax.midline(60, 10))
    tip = float(rng.uniform(0.42, 0.68)) * chest.thorax.base_mm
    start = (
        [(side * rng.uniform(30, 55), -110), (side * 34, -30)]
        if rng.random() < 0.5
        else [(side * 125, 40), (side * 70, 6)]
    )
    path = [*start, (side * 20 if side < 0 else 4, 28), (vein, 62), (vein - 2, tip)]
    chest.projection.stroke(canvas, spline(path, 60), float(rng.uniform(90, 150)), float(rng.uniform(1.2, 2)))


def _tracheal_tube(rng: np.random.Generator, chest: Chest, canvas: Canvas) -> None:
    x, tip = chest.trachea_x, 0.37 * chest.thorax.base_mm - float(rng.uniform(15, 55))
    chest.projection.stroke(canvas, [(x - 4, -260), (x - 4, tip)], 55, 1.2)
    chest.projection.stroke(canvas, [(x + 4, -260), (x + 3, tip - 6)], 110, 1.4)


def _gastric_tube(rng: np.random.Generator, chest: Chest, canvas: Canvas) -> None:
    x, base = chest.trachea_x, chest.thorax.base_mm
    path = [(x + 3, -260), (x + 4, base * 0.45), (x + 9, base), (x + 35, base + float(rng.uniform(30, 60)))]
    chest.projection.stroke(canvas, spline(path, 60), 110, float(rng.uniform(1.3, 2.4)))


def _pacemaker(rng: np.random.Generator, chest: Chest, canvas: Canvas) -> None:
    side = 1 if rng.random() < 0.75 else -1
    x, y, base = side * float(rng.uniform(65, 90)), float(rng.uniform(25, 55)), chest.thorax.base_mm
    turn = np.linspace(0, 2 * np.pi, 50)
    chest.projection.fill(
        canvas, np.column_stack([x + 21 * np.cos(turn), y + 16 * np.sin(turn) + 4 * np.cos(turn)]), 225
    )
    tip = (float(rng.uniform(30, 60)), base * 0.93)
    lead = spline([(x - side * 12, y + 8), (side * 30, 24), (-16, 62), (-24, base * 0.68), tip], 60)
    chest.projection.stroke(canvas, lead, 200, 1.5)


def _port(rng: np.random.Generator, chest: Chest, canvas: Canvas) -> None:
    side = -1 if rng.random() < 0.7 else 1
    x, y = side * float(rng.uniform(60, 85)), float(rng.uniform(35, 95))
    for offset in (0.0, 17.0) if rng.random() < 0.3 else (0.0,):
        _disc(chest, canvas, x + offset, y, 9, 210, 3.0)
        _disc(chest, canvas, x + offset, y, 5, 120)
    path = spline([(x, y), (side * 45, 5), (side * 20, 20), (-17, 60), (-18, 0.6 * chest.thorax.base_mm)], 60)
    chest.projection.stroke(canvas, path, 140, 1.6)


def _sternal_wires(rng: np.random.Generator, chest: Chest, canvas: Canvas) -> None:
    for y in np.linspace(45, 0.85 * chest.thorax.base_mm, 6):
        x = float(chest.thorax.midline(y, 65)) + float(rng.normal(0, 1.5))
        turn = np.linspace(0.3, 2 * np.pi, 30)
        loop = np.column_stack([x + 6 * np.cos(turn), y + float(rng.uniform(2, 4)) * np.sin(turn)])
        chest.projection.stroke(canvas, loop, 210, 0.9)


def _clips(rng: np.random.Generator, chest: Chest, canvas: Canvas) -> None:
    x, y = float(rng.choice([-1, 1])) * chest.thorax.half_width_mm * 0.85, float(rng.uniform(60, 130))
    for _ in range(int(rng.integers(3, 9))):
        p, q = x + rng.normal(0, 16), y + rng.normal(0, 14)
        chest.projection.stroke(canvas, [(p, q), (p + rng.normal(0, 3), q + rng.normal(0, 3))], 240, 1.1)


def _chest_drain(rng: np.random.Generator, chest: Chest, canvas: Canvas) -> None:
    side, wide = float(rng.choice([-1, 1])), chest.thorax.half_width_mm
    y = float(rng.uniform(0.4, 0.85)) * chest.thorax.base_mm
    tip = (side * wide * float(rng.uniform(0.2, 0.6)), float(rng.uniform(0.05, 0.4)) * chest.thorax.base_mm)
    path = spline([(side * wide * 1.6, y + 30), (side * wide * 1.02, y), (side * wide * 0.85, 0.6 * y), tip], 60)
    for offset in (-3.5, 3.5):
        chest.projection.stroke(canvas, path + np.array([offset, 0.0]), float(rng.uniform(60, 110)), 1.2)
    chest.projection.stroke(canvas, path, 190, 0.9)


def _cables(rng: np.random.Generator, chest: Chest, canvas: Canvas) -> None:
    """Cables that lie across the chest, sideways too, with clamps."""
    wide, base = chest.thorax.half_width_mm, chest.thorax.base_mm
    for _ in range(int(rng.integers(1, 5))):
        first, last = (float(end) * base for end in rng.uniform(-0.2, 1.3, 2))
        levels = np.linspace(first, last, 4)
        knots = [(x * wide, float(y)) for x, y in zip((-1.8, -0.5, 0.5, 1.8), levels, strict=True)]
        bent = [(x, y + float(rng.normal(0, 25))) for x, y in knots]
        path = spline(bent, 80)
        chest.projection.stroke(canvas, path, float(rng.uniform(60, 170)), float(rng.uniform(1.2, 3.2)))
        x, y = path[int(rng.integers(len(path)))]
        chest.projection.stroke(canvas, [(x - 7, y), (x + 7, y + float(rng.normal(0, 5)))], 230, 4.5)


def _spinal_rods(rng: np.random.Generator, chest: Chest, canvas: Canvas) -> None:
    base = chest.thorax.base_mm
    top, bottom = float(rng.uniform(-0.1, 0.5)) * base, float(rng.uniform(0.8, 1.5)) * base
    for side in (-1, 1):
        y = np.linspace(top, bottom, 40)
        x = chest.thorax.midline(y, -50) + side * 14
        chest.projection.stroke(canvas, np.column_stack([x, y]), 235, 4.5)
        for level in np.linspace(top + 8, bottom - 8, 5):
            across = float(chest.thorax.midline(level, -50))
            chest.projection.stroke(canvas, [(across + side * 14, level), (across + side * 2, level + 6)], 240, 4.0)


def _buttons(rng: np.random.Generator, chest: Chest, canvas: Canvas) -> None:
    """Buttons, snaps and piercings in a row or pair."""
    x, y = float(rng.uniform(-0.8, 0.8)) * chest.thorax.half_width_mm, float(rng.uniform(10, 90))
    radius, step = float(rng.uniform(2.5, 7)), float(rng.uniform(28, 60))
    for number in range(int(rng.integers(1, 5))):
        _disc(chest, canvas, x + float(rng.normal(0, 3)), y + number * step, radius, 200, 1.5)
        _disc(chest, canvas, x, y + number * step, 1.2, 120)
