"""Ribs, spine, clavicles, scapulae and humeri."""

import numpy as np

from model_training.phantom.raster import Points, Projection, band, spline
from model_training.phantom.texture import Image, float32, fractal
from model_training.phantom.thorax import SIDES, Thorax

_RIBS = 11
_ANTERIOR_RIBS = 8


def bone_attenuation(rng: np.random.Generator, thorax: Thorax, projection: Projection, heart: Image) -> Image:
    """Return the attenuation of the skeleton; density varies between patients by a factor of about 1.7."""
    density = float(rng.uniform(0.8, 1.35)) * (1 - 0.004 * max(0, thorax.age_years - 50))
    grain = 0.9 + 0.12 * fractal(rng, projection.side, (64, 128), 0.8)
    # scatter from the thick parts drowns the ribs below the diaphragm and behind the heart
    below = np.clip((projection.y - thorax.base_mm) / 25, 0, 1)
    total = _ribs(rng, thorax, projection) * grain * (1 - np.float32(0.6) * np.maximum(below, 0.85 * heart))
    total += _spine(rng, thorax, projection)
    total += _clavicles(rng, thorax, projection)
    for side in SIDES:
        total += _shoulder(rng, thorax, projection, side)
    return float32(np.float32(density) * total)


def _ribs(rng: np.random.Generator, thorax: Thorax, view: Projection) -> Image:
    """Ribs as projected helices: the posterior half runs out and slightly down, the anterior half in and down."""
    bedside = thorax.view == "AP"
    spacing = thorax.cage_mm / float(rng.uniform(8.6, 9.8)) * (0.95 if bedside else 1)
    tilt = float(rng.uniform(0.8, 1.35)) * (0.75 if bedside else 1)
    height = float(rng.uniform(8.0, 11.0))
    back, back_marrow, front, front_marrow = (view.canvas() for _ in range(4))
    for side in SIDES:
        for number in range(_RIBS):
            level = -16 + number * spacing * (0.93 if number < 3 else 1) + float(rng.normal(0, 1.1))
            reach = (19.8 + 6.1 * min(number, 7)) * tilt * 1.25
            path, turn = _rib_path(rng, thorax, side, number, level, reach)
            thick = height * (0.75 if number == 0 else 1) * float(rng.uniform(0.92, 1.08))
            half = int(np.searchsorted(turn, np.pi / 2))
            swell = 0.85 + 0.2 * np.linspace(0, 1, len(path))
            view.fill(back, band(path[: half + 2], thick * swell[: half + 2]))
            view.fill(back_marrow, band(path[: half + 2], (thick - 2.6) * swell[: half + 2]))
            if number < _ANTERIOR_RIBS:
                view.fill(front, band(path[half - 2 :], thick * 1.15))
                view.fill(front_marrow, band(path[half - 2 :], thick * 1.15 - 3.0))
    shells = [view.finished(canvas, 0.55) for canvas in (back, back_marrow, front, front_marrow)]
    contrast = float(rng.uniform(0.95, 1.35))
    return float32(contrast * (0.36 * shells[0] - 0.14 * shells[1] + 0.20 * shells[2] - 0.09 * shells[3]))


def _rib_path(
    rng: np.random.Generator, thorax: Thorax, side: int, number: int, level: float, reach: float
) -> tuple[Points, Points]:
    turn = np.linspace(0.12, np.pi * float(rng.uniform(0.78, 0.86)), 60)
    y = level + reach * (1 - np.cos(turn)) / 2 * 1.15 - 4.3 * np.sin(turn * 2).clip(0)
    out = (float(thorax.half_width(max(level + reach * 0.55, 0), side)) + 3) * (1 if number else 0.85)
    x = side * np.maximum(11.5, out * np.sin(turn) ** 0.85)
    # the spine lies behind, the sternum in front of the centre: turning the patient moves them apart
    depth = np.interp(turn, [0, np.pi / 2, np.pi], [-50, 0, 60])
    return np.column_stack([x + thorax.midline(y) + depth * np.sin(np.deg2rad(thorax.rotation_degrees)), y]), turn


def _spine(rng: np.random.Generator, thorax: Thorax, view: Projection) -> Image:
    """Vertebral bodies with disc spaces, endplates and pedicles."""
    pitch = thorax.cage_mm / float(rng.uniform(9.6, 10.6))
    middle = np.interp(view.y, np.linspace(-250, 600, 60), thorax.midline(np.linspace(-250, 600, 60), -55)).astype(
        np.float32
    )
    x = view.x - middle - np.float32(rng.normal(0, 0.8))
    half = np.interp(view.y, [-200, 0, 250, 500], [10, 12.5, 16, 20]).astype(np.float32)
    column = np.exp(-((np.abs(x) / half) ** 6))
    phase = (view.y / pitch + float(rng.uniform(0, 1))) % 1
    body = np.clip((0.5 - np.abs(phase - 0.5)) / 0.08, 0, 1)  # 0 in the disc space
    endplate = np.exp(-(((0.5 - np.abs(phase - 0.5)) - 0.09) ** 2) / (2 * 0.03**2))
    pedicle = np.exp(-(((np.abs(x) - 0.72 * half) / 2.6) ** 2) - ((phase - 0.35) / 0.16) ** 2)
    bone = column * (0.20 + 0.10 * body + 0.12 * endplate) + 0.13 * pedicle
    return view.blurred(float32(bone), 0.7)


def _clavicles(rng: np.random.Generator, thorax: Thorax, view: Projection) -> Image:
    whole, marrow = view.canvas(), view.canvas()
    level = float(rng.uniform(8, 30)) - (12 if thorax.view == "AP" and rng.random() < 0.5 else 0)
    slope = float(rng.uniform(0.6, 1.4))
    for side in SIDES:
        start, lift = float(thorax.midline(level, 60)), level + float(rng.normal(0, 4))
        reach = thorax.half_width_mm * 1.18 + thorax.wall_mm * 0.4
        path = spline(
            [
                (start + side * 12, lift + 12),
                (start + side * 0.33 * reach, lift + 8),
                (side * 0.66 * reach, lift - 4 * slope),
                (side * reach, lift - 16 * slope),
            ],
            60,
        )
        width = np.interp(np.linspace(0, 1, 60), [0, 0.12, 0.5, 1], [15, 10, 9, 12])
        view.fill(whole, band(path, width))
        view.fill(marrow, band(path, width - 3.6))
    return 0.46 * view.finished(whole, 0.6) - 0.15 * view.finished(marrow, 0.6)


def _shoulder(rng: np.random.Generator, thorax: Thorax, view: Projection, side: int) -> Image:
    """Scapula (over the lung on a bedside film, beside it on a PA film), humeral head and shaft."""
    half, bedside = thorax.half_width_mm, thorax.view == "AP"
    inner = half * float(rng.uniform(0.78, 0.92) if bedside else rng.uniform(0.93, 1.12))
    joint = np.array([side * (half * 1.2 + thorax.wall_mm * 0.6), 26 + float(rng.normal(0, 7))])
    blade = [(side * inner, 10), (side * (inner + 6), 60), (side * (inner + 18), 118), (side * (inner + 27), 120)]
    blade += [
        (joint[0] - side * 16, joint[1] + 26),
        (joint[0] - side * 12, joint[1] + 2),
        (joint[0] - side * 22, joint[1] - 12),
    ]
    total = 0.13 * view.polygon(blade, 0.8)
    edges = view.canvas()
    view.stroke(edges, blade[2:5], 170, 5.0)
    view.stroke(edges, blade[:3], 120, 2.0)
    view.stroke(edges, [(side * (inner + 8), 28), (joint[0] + side * 4, joint[1] - 26)], 230, 7.0)  # spine and acromion
    total += 0.28 * view.finished(edges, 1.0)

    turn = np.linspace(0, 2 * np.pi, 40)
    head = joint + np.column_stack([22 * np.cos(turn), 23 * np.sin(turn)])
    out = side * (float(rng.uniform(0.05, 0.35)) if bedside else float(rng.uniform(0.3, 1.1)))
    shaft = np.linspace(joint + np.array([side * 6, 10]), joint + np.array([out * 260, 260]), 30)
    humerus, marrow = view.canvas(), view.canvas()
    view.fill(humerus, head)
    view.fill(humerus, band(shaft, np.interp(np.linspace(0, 1, 30), [0, 0.25, 1], [38, 25, 23])))
    view.fill(marrow, band(shaft, np.interp(np.linspace(0, 1, 30), [0, 0.25, 1], [32, 14, 11])))
    total += 0.42 * view.finished(humerus, 1.0) - 0.15 * view.finished(marrow, 1.5)
    return float32(total)
