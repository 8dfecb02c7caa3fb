"""The sampled shape of one chest: numbers with units, drawn once and then only read."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

ViewPosition = Literal["PA", "AP"]
RIGHT, LEFT = -1, 1  # the patient's sides as signs of x: the patient's right is on the image's left
SIDES = (RIGHT, LEFT)


@dataclass(frozen=True)
class Thorax:
    """One patient's chest; lengths in mm on the detector plane, y counted down from the lung apices.

    Sizes follow adult norms (inner rib cage 225 to 315 mm wide, cardiothoracic ratio about 0.48 PA, wider AP) and
    were compared by eye with real films.
    """

    view: ViewPosition
    female: bool
    age_years: int
    half_width_mm: float
    dome_mm: tuple[float, float]
    """y of the right and the left diaphragm dome."""
    apex_ratio: float
    """Width of the rib cage at the apices relative to its greatest width."""
    widest_at: float
    """Where the rib cage reaches its greatest width, as a fraction of its height."""
    mediastinum_half_width_mm: float
    cardiothoracic_ratio: float
    heart_roundness: float
    """0 triangular, 1 globular left heart border."""
    thickness_cm: float
    """Anteroposterior thickness of the trunk."""
    wall_mm: float
    """Soft tissue lateral to the ribs."""
    rotation_degrees: float
    """Turn about the body's long axis; positive brings the anterior structures to the image's right."""
    scoliosis_mm: float
    hyperinflated: bool

    @property
    def base_mm(self) -> float:
        """Mean y of both domes."""
        return (self.dome_mm[0] + self.dome_mm[1]) / 2

    @property
    def cage_mm(self) -> float:
        """Height of the bony rib cage; a raised dome does not shorten it."""
        return max(self.dome_mm) * 1.1

    @property
    def _turn(self) -> float:
        return float(np.sin(np.deg2rad(self.rotation_degrees)))

    def half_width(self, y: ArrayLike, side: int) -> NDArray[np.float64]:
        """Return the inner half width of the rib cage at y, mm; turning the patient narrows one side."""
        t = np.clip(np.asarray(y, float) / self.cage_mm, 0, 1.15)
        rise = np.sin(np.clip(t / self.widest_at, 0, 1) * np.pi / 2) ** 0.85
        shape = (self.apex_ratio + (1 - self.apex_ratio) * rise) * (1 - 0.05 * np.clip(t - 0.8, 0, 1))
        width: NDArray[np.float64] = self.half_width_mm * (1 + 0.3 * side * self._turn) * shape
        return width

    def midline(self, y: ArrayLike, depth_mm: float = 0.0) -> NDArray[np.float64]:
        """Return the x of the midline at y for structures `depth_mm` in front of the thorax's centre."""
        bend = np.sin(np.clip(np.asarray(y, float) / self.cage_mm, -0.3, 1.4) * np.pi)
        x: NDArray[np.float64] = self.scoliosis_mm * bend + depth_mm * self._turn
        return x

    def aeration(self, side: int) -> float:
        """Return the factor by which a turned patient's lung looks more or less lucent."""
        return 1 + 0.35 * side * self._turn


def sample_thorax(rng: np.random.Generator, view: ViewPosition, distractors: tuple[str, ...]) -> Thorax:
    """Draw one chest; `cardiomegaly` and `raised dome` among the distractors change its shape."""
    bedside = view == "AP"
    female = bool(rng.random() < 0.45)
    hyperinflated = bool(rng.random() < 0.1)
    half_width = float(np.clip(rng.normal(128 if female else 136, 8), 112, 158))
    stretch = np.clip(rng.normal(1.56, 0.15) + 0.2 * hyperinflated - 0.12 * bedside, 1.1, 2.0)
    right = float(half_width * stretch)
    left = right + float(rng.normal(8, 5))
    if "raised dome" in distractors:
        lift = float(rng.uniform(25, 55))
        right, left = (right - lift, left) if rng.random() < 0.6 else (right, left - lift)
    ratio = float(np.clip(rng.normal(0.48, 0.04), 0.38, 0.56)) + 0.04 * bedside - 0.04 * hyperinflated
    if "cardiomegaly" in distractors:
        ratio += float(rng.uniform(0.08, 0.17))
    return Thorax(
        view=view,
        female=female,
        age_years=int(np.clip(rng.normal(50, 17), 18, 92)),
        half_width_mm=half_width,
        dome_mm=(right, left),
        apex_ratio=float(rng.uniform(0.40, 0.52)),
        widest_at=float(rng.uniform(0.55, 0.82)),
        mediastinum_half_width_mm=float(np.clip(rng.normal(19, 2.5), 14, 26)) * (1.18 if bedside else 1),
        cardiothoracic_ratio=ratio,
        heart_roundness=float(np.clip(rng.normal(0.45 + 0.25 * bedside, 0.25), 0, 1)),
        thickness_cm=float(np.clip(rng.normal(22.5, 2.2), 18, 29)),
        wall_mm=float(np.clip(rng.gamma(5, 6.2), 12, 70)),
        rotation_degrees=float(rng.normal(0, 8 if bedside else 3.5)),
        scoliosis_mm=float(rng.normal(0, 6 if rng.random() < 0.25 else 2)),
        hyperinflated=hyperinflated,
    )
