"""Pulmonary vessels and hila: random branching trees from each hilum."""

import cv2
import numpy as np

from model_training.phantom.raster import Canvas, band, spline
from model_training.phantom.soft_tissue import SOFT_TISSUE_PER_CM, Chest
from model_training.phantom.texture import Image, float32
from model_training.phantom.thorax import LEFT, SIDES

_THINNEST_MM = 0.38  # finer branches do not show on a film
_FIXED_POINT = 16


def grow(
    rng: np.random.Generator,
    chest: Chest,
    canvas: Canvas,
    start: tuple[float, float],
    angle: float,
    width: float,
    length: float,
) -> None:
    """Draw one vessel (or bronchus) with its branches: widths and lengths in mm, the angle in radians, y down."""
    view = chest.projection
    (a, b, c), (d, e, f) = view.matrix.tolist()
    bound = view.side * 2.0
    waiting = [(start[0], start[1], angle, width, length)]
    while waiting:
        x, y, angle, width, left = waiting.pop()
        while left > 0 and width > _THINNEST_MM:
            step, bend, fork = rng.random(), rng.normal(0, 0.14), rng.random()
            step = 4.2 + 4.2 * step
            angle += bend
            x2, y2 = x + step * np.cos(angle), y + step * np.sin(angle)
            ends = [a * x + b * y + c, d * x + e * y + f, a * x2 + b * y2 + c, d * x2 + e * y2 + f]
            if max(ends) > bound or min(ends) < -view.side:
                break
            u1, v1, u2, v2 = (round((end - 0.5) * _FIXED_POINT) for end in ends)
            pixels = view.pixels(width)
            thick = max(1, round(pixels))
            shade = min(255.0, 38 + 54 * width) * min(1.0, (pixels + 0.25) / thick)
            cv2.line(canvas, (u1, v1), (u2, v2), shade, thick, cv2.LINE_AA, 4)
            x, y = x2, y2
            left -= step
            width *= 0.955
            if fork < 0.24 and width > 0.56:
                turn = 1 if fork < 0.12 else -1
                spread, thinner, shorter = rng.random(3)
                branch = (
                    angle + turn * (0.35 + 0.55 * spread),
                    width * (0.6 + 0.25 * thinner),
                    left * (0.5 + 0.45 * shorter),
                )
                waiting.append((x, y, *branch))
                angle -= turn * 0.1


def vessel_attenuation(rng: np.random.Generator, chest: Chest, congested: bool) -> Image:
    """Return the attenuation of the vessels inside the lungs; they hide behind heart and mediastinum."""
    view = chest.projection
    canvas = view.canvas()
    for side in SIDES:
        x, y = chest.hilum(side)
        for direction in np.linspace(-1.45, 1.5, int(rng.integers(8, 11))):
            a = direction + rng.normal(0, 0.1)
            start = x + rng.normal(0, 2), y + a * 10 + rng.normal(0, 2)
            width = rng.uniform(2.4, 4.2) * (1.15 if a > 0.2 else 0.85)
            grow(
                rng,
                chest,
                canvas,
                start,
                float(a if side == LEFT else np.pi - a),
                float(width),
                float(rng.uniform(65, 125)),
            )
    drawn = view.finished(canvas)
    soft_edged = 0.7 * view.blurred(drawn, 0.45) + 0.3 * view.blurred(drawn, 1.4)
    strength = SOFT_TISSUE_PER_CM * 2.3 * rng.uniform(0.9, 1.6) * (1.25 if congested else 1)
    hidden = 1 - 0.75 * np.clip(chest.heart + chest.mediastinum, 0, 1)
    return float32(np.float32(strength) * chest.lung * soft_edged * hidden)


def hilar_attenuation(rng: np.random.Generator, chest: Chest, enlarged: bool) -> Image:
    """Return the attenuation of both hila."""
    view = chest.projection.reduced(2)
    size = 1.6 if enlarged else 1.0
    total = np.zeros((view.side, view.side), np.float32)
    for side in SIDES:
        x, y = chest.hilum(side)
        for _ in range(4):
            cx, cy = x + side * abs(rng.normal(0, 3.5) * size), y + rng.normal(0, 11)
            wide, high = 5.5 * size + rng.uniform(0, 4), 9 * size + rng.uniform(0, 5.5)
            total += np.exp(-(((view.x - cx) / wide) ** 2) - ((view.y - cy) / high) ** 2)
    trunks = _trunks(rng, chest, size) * np.float32(rng.uniform(0.9, 1.5))
    soft = chest.projection.enlarged(total) * np.float32(rng.uniform(0.32, 0.63) * size)
    return (soft + trunks) * np.float32(SOFT_TISSUE_PER_CM)


def _trunks(rng: np.random.Generator, chest: Chest, size: float) -> Image:
    """Draw the descending and ascending arteries and veins next to each hilum, in cm of blood."""
    view = chest.projection
    canvas = view.canvas()
    for side in SIDES:
        x, y = chest.hilum(side)
        for length, lean in ((rng.uniform(36, 55), 0.35), (rng.uniform(18, 30), 0.9), (-rng.uniform(22, 36), -0.45)):
            bend = float(rng.normal(0, 3))
            end = (x + side * (abs(length * lean) + 2), y + length)
            path = spline(
                [(x - side * 4, y - np.sign(length) * 6), ((x + end[0]) / 2 + bend, y + length * 0.45), end], 24
            )
            width = np.linspace(13, 4.5, 24) * size * float(rng.uniform(0.75, 1.1))
            view.fill(canvas, band(path, width), 230)
    return view.finished(canvas, 1.3) * (1 - 0.6 * np.clip(chest.mediastinum, 0, 1))
