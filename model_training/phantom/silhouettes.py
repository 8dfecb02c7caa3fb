"""Outlines of lungs, heart, mediastinum and body in the patient's frame."""

from dataclasses import dataclass

import numpy as np

from model_training.phantom.raster import Points, spline
from model_training.phantom.thorax import LEFT, RIGHT, Thorax


@dataclass(frozen=True)
class LungOutline:
    """One lung: its closed outline (N, 2) mm, its dome's and its costophrenic angle's y, mm."""

    side: int
    points: Points
    dome_mm: float
    angle_mm: float


def lung_outline(rng: np.random.Generator, thorax: Thorax, side: int) -> LungOutline:
    """Draw one lung: apex, chest wall, costophrenic angle, diaphragm dome, mediastinal border."""
    dome = thorax.dome_mm[0 if side == RIGHT else 1]
    angle = dome + float(rng.uniform(26, 54)) * (0.6 if thorax.hyperinflated else 1) * (
        0.75 if thorax.view == "AP" else 1
    )
    shoulder = 12.5 + float(rng.normal(0, 2))
    y_wall = np.linspace(shoulder, angle, 40)
    ripple = 1 + 0.006 * np.sin(y_wall / 12 + rng.uniform(0, 6))
    wall = np.column_stack([side * thorax.half_width(y_wall, side) * ripple, y_wall])

    medial = thorax.mediastinum_half_width_mm
    inner, outer = medial * float(rng.uniform(0.95, 1.2)), float(thorax.half_width(shoulder, side))
    turn = np.linspace(np.pi, 0, 24)
    x_apex = (inner + outer) / 2 + (outer - inner) / 2 * np.cos(turn)
    apex = np.column_stack([side * x_apex, shoulder - float(rng.uniform(14, 21)) * np.sin(turn) ** 0.8])

    along = np.linspace(0, 1, 40)  # from the costophrenic angle to the heart
    x_floor = (1 - along) * float(thorax.half_width(angle, side)) + along * medial * 0.6
    peak, steepness = float(rng.uniform(0.50, 0.68)), float(rng.uniform(1.7, 2.3))
    medial_y = dome + float(rng.uniform(8, 26))
    y_floor = np.where(
        along < peak,
        dome + (angle - dome) * np.abs(1 - along / peak) ** steepness,
        dome + (medial_y - dome) * np.abs((along - peak) / (1 - peak)) ** 2,
    )
    floor = np.column_stack([side * x_floor, y_floor])
    border = np.column_stack([side * np.linspace(medial * 0.6, inner, 20), np.linspace(y_floor[-1], shoulder, 20)])
    points = np.concatenate([apex, wall, floor, border])
    points[:, 0] += thorax.midline(points[:, 1])
    return LungOutline(side, points, dome, angle)


def heart_outline(rng: np.random.Generator, thorax: Thorax) -> Points:
    """Draw the heart: right atrium, apex of the left ventricle, left border up to the pulmonary trunk.

    Its width is the cardiothoracic ratio times the inner width of the thorax; about two thirds lie left of the midline.
    """
    base = thorax.base_mm
    width = thorax.cardiothoracic_ratio * 2 * float(thorax.half_width(base, RIGHT) + thorax.half_width(base, LEFT)) / 2
    share = float(rng.uniform(0.60, 0.70))
    left, right = width * share, width * (1 - share)
    round_ = thorax.heart_roundness
    bottom = base + float(rng.uniform(10, 20))
    top = bottom - float(np.clip(rng.normal(1.0, 0.08), 0.85, 1.2)) * min(width, 0.78 * base)
    tall = bottom - top

    def at(x: float, fraction: float) -> tuple[float, float]:
        return x, top + fraction * tall

    knots = [
        at(-0.55 * right, 0.02),
        at(-0.84 * right, 0.28),
        at(-1.0 * right, 0.56),
        at(-0.93 * right, 0.82),
        at(-0.60 * right, 1.02),
        at(0.10 * left, 1.12),
        at(0.62 * left, 1.10),
        at(0.93 * left, 0.99),
        at(1.0 * left, 0.83),
        at((0.90 + 0.08 * round_) * left, 0.60),
        at((0.73 + 0.15 * round_) * left, 0.36),
        at((0.55 + 0.12 * round_) * left, 0.14),
        at(0.43 * left, 0.0),
    ]
    points = spline(np.array(knots) + rng.normal(0, 1.2, (len(knots), 2)))
    points[:, 0] += thorax.midline(points[:, 1], depth_mm=45)
    return points


def mediastinum_outline(rng: np.random.Generator, thorax: Thorax) -> Points:
    """Draw the vessels above and behind the heart: superior vena cava on the right, aortic knob on the left."""
    half = thorax.mediastinum_half_width_mm * float(rng.uniform(0.95, 1.25))
    knob = float(rng.uniform(5, 12)) + 0.1 * max(0, thorax.age_years - 40)
    high = float(np.clip(0.26 * thorax.base_mm, 45, 68))
    knots = [
        (-half * 0.9, -200),
        (-half * 0.85, 0),
        (-half * 0.95, high * 0.4),
        (-half * 1.2, high),
        (-half * 1.25, high * 1.8),
        (-half * 1.1, thorax.base_mm + 20),
        (half * 1.1, thorax.base_mm + 20),
        (half * 1.35, high * 1.85),
        (half * 1.15, high * 1.42),
        (half * 1.08 + knob, high * 1.08),
        (half * 1.0 + knob * 0.75, high * 0.82),
        (half * 0.95, high * 0.45),
        (half * 0.85, 0),
        (half * 0.9, -200),
    ]
    points = spline(knots)
    points[:, 0] += thorax.midline(points[:, 1], depth_mm=15)
    return points


def trunk_outline(thorax: Thorax, belly_mm: float) -> Points:
    """Return neck and trunk without the shoulders; `belly_mm` is added to the flanks below the ribs."""
    y = np.linspace(-260, 700, 90)
    neck = np.interp(y, [-260, -90, -55, -25, 0, 30], [62, 58, 68, 96, 112, 118])
    edges = [
        np.where(y < 15, neck, np.maximum(thorax.half_width(np.clip(y, 0, None), side) + thorax.wall_mm, 112))
        + np.interp(y, [40, 90, 150, 240, 400], [0, 10, 0, 0, belly_mm])
        for side in (RIGHT, LEFT)
    ]
    middle = thorax.midline(np.clip(y, 0, None))
    outline: Points = np.concatenate(
        [np.column_stack([middle - edges[0], y]), np.column_stack([middle + edges[1], y])[::-1]]
    )
    return outline
