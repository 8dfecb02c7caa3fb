"""Soft tissue and air: the chest's attenuation without vessels, bones, disease and devices."""

from dataclasses import dataclass

import numpy as np

from model_training.phantom.raster import Points, Projection, spline
from model_training.phantom.silhouettes import (
    LungOutline,
    heart_outline,
    lung_outline,
    mediastinum_outline,
    trunk_outline,
)
from model_training.phantom.texture import Image, float32, fractal, logistic
from model_training.phantom.thorax import RIGHT, SIDES, Thorax

SOFT_TISSUE_PER_CM = 0.2
"""Linear attenuation of soft tissue, 1/cm, mean energy of a 120 kVp beam (60 to 70 keV; NIST XCOM: 0.19 to 0.21)."""


@dataclass(frozen=True)
class Chest:
    """The drawn chest; every picture is (side, side) float32, masks in [0, 1]."""

    thorax: Thorax
    projection: Projection
    outlines: tuple[LungOutline, LungOutline]
    lungs: tuple[Image, Image]
    heart: Image
    heart_points: Points
    mediastinum: Image
    aerated_cm: Image
    """Tissue that the lungs' air replaces along the ray, cm."""
    attenuation: Image
    """-log of the transmitted share."""
    trachea_x: float
    hilum_y: float

    @property
    def lung(self) -> Image:
        """Both lungs."""
        return np.maximum(self.lungs[0], self.lungs[1])

    def hilum(self, side: int) -> tuple[float, float]:
        """Return the centre of one hilum, mm."""
        x = float(self.thorax.midline(self.hilum_y, 10)) + side * self.thorax.mediastinum_half_width_mm * 1.4
        return x, self.hilum_y + (4 if side == RIGHT else -6)


def build_chest(rng: np.random.Generator, thorax: Thorax, projection: Projection) -> Chest:
    """Draw the soft tissues: trunk minus aerated lung, heart, mediastinum, abdomen, airways, breasts, bowel gas."""
    right, left = (lung_outline(rng, thorax, side) for side in SIDES)
    lungs = projection.polygon(right.points, 0.7), projection.polygon(left.points, 0.7)
    lung = np.maximum(*lungs)
    heart_points = heart_outline(rng, thorax)
    heart = projection.polygon(heart_points, float(rng.uniform(0.9, 2.4)))
    mediastinum = projection.polygon(mediastinum_outline(rng, thorax), 1.4)
    aerated = _aerated_cm(rng, thorax, projection, lungs, heart, mediastinum)

    soft = np.float32(SOFT_TISSUE_PER_CM)
    attenuation = soft * (_body_cm(rng, thorax, projection) - aerated)
    above = logistic(float32((thorax.base_mm + 14 - projection.y) / 11))
    attenuation += soft * (
        heart * above * rng.uniform(0.1, 1.0) + mediastinum * (1 - 0.75 * heart) * rng.uniform(0.2, 1.0) * above
    )
    # liver, spleen and stomach absorb more than the mean trunk
    attenuation += np.float32(rng.uniform(0.15, 0.5)) * (1 - above) * np.clip(1 - lung, 0, 1)
    trachea_x = float(thorax.midline(40, 10) + rng.normal(1, 2.5))
    attenuation -= soft * _airways(rng, thorax, projection, trachea_x)
    if thorax.female:
        attenuation += soft * _breasts(rng, thorax, projection)
    attenuation -= _bowel_gas(rng, thorax, projection) * (1 - lung)
    return Chest(
        thorax=thorax,
        projection=projection,
        outlines=(right, left),
        lungs=lungs,
        heart=heart,
        heart_points=heart_points,
        mediastinum=mediastinum,
        aerated_cm=aerated,
        attenuation=attenuation.astype(np.float32, copy=False),
        trachea_x=trachea_x,
        hilum_y=float(0.44 * thorax.base_mm + rng.normal(0, 4)),
    )


def _body_cm(rng: np.random.Generator, thorax: Thorax, full: Projection) -> Image:
    """Thickness of the body along the ray, cm, lungs filled."""
    small = full.reduced(2)
    trunk = small.polygon(trunk_outline(thorax, float(rng.uniform(0, 60))), 1.0)
    depth = np.interp(small.y, [-160, -60, -10, 50, 150, 260, 500], [0.60, 0.60, 0.80, 0.92, 1.0, 1.06, 1.12])
    body = (
        small.inflated(trunk, float(rng.uniform(50, 80)), 0.02)
        * depth.astype(np.float32)
        * np.float32(thorax.thickness_cm)
    )
    for side in SIDES:
        body = np.maximum(body, _shoulder_and_arm(rng, thorax, small, side))
    if thorax.view == "AP" and rng.random() < 0.35:  # a bedside patient's chin
        jaw = np.hypot(small.x - rng.normal(0, 15), (small.y + rng.uniform(85, 150)) * 1.1) / rng.uniform(50, 68)
        body = np.maximum(body, np.float32(17) * np.sqrt(np.clip(1 - jaw**2, 0, 1)).astype(np.float32))
    return full.enlarged(small.blurred(body, 2.2))


def _shoulder_and_arm(rng: np.random.Generator, thorax: Thorax, view: Projection, side: int) -> Image:
    """Thickness of one shoulder and arm, cm: arms along the body (AP) or elbows out (PA)."""
    half, drop = thorax.half_width_mm, float(rng.normal(0, 7))
    joint = (side * (half * 1.22 + thorax.wall_mm * 0.6), 32 + drop)
    shoulder = view.canvas()
    top = -28 + drop
    view.fill(
        shoulder,
        spline(
            [
                (side * 20, -60),
                (side * 62, -38 + drop * 0.3),
                (side * half * 0.85, top + 4),
                (joint[0], top + 14),
                (joint[0] + side * 30, 22 + drop),
                (joint[0] + side * 16, 85),
                (side * half * 0.95, 95),
                (side * half * 0.5, 60),
            ],
            60,
        ),
    )
    thickness = view.inflated(view.finished(shoulder), 42, 0.02) * np.float32(
        rng.uniform(0.60, 0.74) * thorax.thickness_cm
    )
    out = rng.uniform(0.10, 0.35) if thorax.view == "AP" else rng.uniform(0.3, 1.1)
    arm = view.canvas()
    elbow = (joint[0] + side * (20 + 260 * out), joint[1] + 250)
    view.stroke(arm, [joint, elbow], 255, float(rng.uniform(72, 98)))
    return float32(np.maximum(thickness, view.inflated(view.finished(arm), 42, 0.02) * np.float32(9.5)))


def _aerated_cm(
    rng: np.random.Generator,
    thorax: Thorax,
    projection: Projection,
    lungs: tuple[Image, Image],
    heart: Image,
    mediastinum: Image,
) -> Image:
    """Air along the ray, cm: rounded lungs, thinner over heart and mediastinum, denser towards the bases."""
    radius, deepest = float(rng.uniform(36, 52)), float(rng.uniform(12.5, 16.0)) * thorax.thickness_cm / 22.5
    depth = np.zeros_like(heart)
    for side, lung in zip(SIDES, lungs, strict=True):
        depth += projection.inflated(lung, radius, 0.06) * np.float32(thorax.aeration(side) * rng.normal(1, 0.02))
    depth *= np.float32(deepest)
    share = rng.uniform(0.70, 0.81) * (1.06 if thorax.hyperinflated else 1) * (0.93 if thorax.view == "AP" else 1)
    towards_base = 1 - 0.12 * np.clip(projection.y / thorax.base_mm, 0, 1)
    air = np.float32(share) * (1 + 0.03 * fractal(rng, projection.side, (4, 7, 12), 0.8)) * towards_base
    covered = np.clip(heart * rng.uniform(0.80, 0.93) + mediastinum * 0.95, 0, 0.97)
    return float32(depth * (1 - projection.blurred(covered, 0.8)) * air)


def _airways(rng: np.random.Generator, thorax: Thorax, projection: Projection, x: float) -> Image:
    """Air in trachea and main bronchi, cm."""
    canvas = projection.canvas()
    carina = 0.37 * thorax.base_mm
    projection.stroke(canvas, [(x, -260), (x, carina * 0.6), (x + 1, carina)], 255, float(rng.uniform(13, 18)))
    projection.stroke(canvas, [(x, carina - 2), (x - 19, carina + 26)], 200, 10)
    projection.stroke(canvas, [(x, carina - 2), (x + 25, carina + 28)], 200, 9)
    return projection.finished(canvas, 1.8) * np.float32(rng.uniform(0.8, 1.6))


def _breasts(rng: np.random.Generator, thorax: Thorax, projection: Projection) -> Image:
    """Thickness of the breasts, cm: rounded below, fading upwards; large ones reach past the chest wall."""
    total = np.zeros((projection.side, projection.side), np.float32)
    size, thick = float(rng.uniform(48, 88)), float(rng.uniform(0.8, 3.6))
    level = thorax.base_mm + float(rng.normal(8, 22))
    for side in SIDES:
        radius = size * float(rng.normal(1, 0.06))
        x, y = (
            side * thorax.half_width_mm * float(rng.uniform(0.56, 0.78)),
            level + float(rng.normal(0, 5)) - radius * 1.1,
        )
        q = ((projection.x - x) / radius) ** 2 + ((projection.y - y) / (radius * 1.25)) ** 2
        total += np.sqrt(np.clip(1 - q, 0, 1)) ** 0.8
    return projection.blurred(total, 1.8) * np.float32(thick)


def _bowel_gas(rng: np.random.Generator, thorax: Thorax, projection: Projection) -> Image:
    """Attenuation that gas takes away below the left dome (stomach, colon) and elsewhere in the abdomen."""
    canvas = projection.canvas()
    if rng.random() < 0.65:
        x, y = thorax.half_width_mm * rng.uniform(0.4, 0.65), thorax.dome_mm[1] + rng.uniform(9, 24)
        turn = np.linspace(0, 2 * np.pi, 40)
        wide, high = rng.uniform(13, 32), rng.uniform(6, 16)
        shape = np.column_stack(
            [x + wide * np.cos(turn), y + high * np.where(np.sin(turn) > 0, 0.55, 1) * np.sin(turn)]
        )
        projection.fill(canvas, shape)
    for _ in range(int(rng.choice([0, 2, 5], p=[0.45, 0.35, 0.2]))):
        x, y = rng.normal(0.2, 0.5) * thorax.half_width_mm, thorax.dome_mm[1] + rng.uniform(35, 130)
        path = spline(
            [(x, y), (x + rng.normal(0, 18), y + rng.normal(0, 12)), (x + rng.normal(0, 35), y + rng.normal(0, 22))], 20
        )
        projection.stroke(canvas, path, float(rng.uniform(90, 220)), float(rng.uniform(8, 22)))
    gas = projection.finished(canvas, 2.0) * np.float32(rng.uniform(0.25, 0.6))
    return gas * (1 + 0.2 * fractal(rng, projection.side, (30, 60), 0.8))
