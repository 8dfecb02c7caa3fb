"""From attenuation to stored values: beam, scatter, quantum noise, detector, maker's processing, grey scale."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model_training.phantom.raster import Projection
from model_training.phantom.texture import Image, blur, float32, lattice
from model_training.phantom.thorax import ViewPosition


@dataclass(frozen=True)
class Technique:
    """How one exposure was taken and processed; lengths in mm on the detector."""

    photons_per_mm2: float
    """Detected quanta without a patient."""
    scatter: float
    """Scattered light relative to the primary behind thick parts; a bedside film has no grid."""
    scatter_mm: float
    sharpness_mm: float
    """Sigma of focus, detector and motion together."""
    heel: float
    """Change of the exposure over the whole height, in -log units (anode heel, a tilted grid)."""
    edge_gain: float
    edge_mm: float
    equalisation: float
    """Share of the slowly varying part that the maker's processing removes."""
    dark_percentile: float
    bright_percentile: float
    widening: float
    """How much wider than these percentiles the grey scale is: a soft, low-contrast look."""
    gamma: float
    sigmoid: float
    """Slope of the film-like curve; 0 for a straight one."""
    bits_stored: int


def sample_technique(rng: np.random.Generator, view: ViewPosition) -> Technique:
    """Draw one technique; bedside films have more scatter, less dose and less contrast."""
    bedside = view == "AP"
    return Technique(
        photons_per_mm2=float(10 ** rng.uniform(4.5, 5.6 if bedside else 6.0)),
        scatter=float(rng.uniform(0.4, 1.4) if bedside else rng.uniform(0.25, 0.9)),
        scatter_mm=float(rng.uniform(13, 29)),
        sharpness_mm=float(rng.uniform(0.12, 0.5 if bedside else 0.35)),
        heel=float(rng.normal(0, 0.35 if bedside else 0.08)),
        edge_gain=float(rng.uniform(0.15, 0.9)) if rng.random() < 0.65 else 0.0,
        edge_mm=float(rng.uniform(2, 14)),
        equalisation=float(rng.uniform(0.15, 0.45)) if rng.random() < 0.3 else 0.0,
        dark_percentile=float(rng.uniform(1, 8)),
        bright_percentile=float(rng.uniform(84, 99)),
        widening=float(rng.uniform(0.05, 0.45) if bedside and rng.random() < 0.5 else rng.uniform(0, 0.12)),
        gamma=float(np.exp(rng.normal(0.02, 0.22))),
        sigmoid=float(rng.uniform(1.0, 1.9)) if rng.random() < 0.5 else 0.0,
        bits_stored=int(rng.choice([12, 13, 14], p=[0.6, 0.1, 0.3])),
    )


def expose(rng: np.random.Generator, attenuation: Image, technique: Technique, view: Projection) -> Image:
    """Return the processed -log signal: bright where much was absorbed."""
    pixels = view.pixels
    thick = np.clip(attenuation, 0, 9)
    primary = np.exp(-thick)
    if abs(technique.heel) > 0.01:
        primary *= np.exp(np.linspace(-0.5, 0.5, view.side, dtype=np.float32) * np.float32(technique.heel))[:, None]
    light = primary + np.float32(technique.scatter) * blur(
        primary * np.clip(thick / 3, 0, 1), pixels(technique.scatter_mm)
    )
    quanta = np.float32(technique.photons_per_mm2 * view.mm_per_pixel**2)
    counts = light * quanta
    counts += np.sqrt(counts) * rng.standard_normal(counts.shape, dtype=np.float32)
    signal = -np.log(np.maximum(counts, 2) / quanta)
    signal = blur(signal.astype(np.float32, copy=False), pixels(technique.sharpness_mm))
    if technique.edge_gain:
        signal = signal + np.float32(technique.edge_gain) * (signal - blur(signal, pixels(technique.edge_mm)))
    if technique.equalisation:
        signal = signal - np.float32(technique.equalisation) * blur(signal, pixels(42))
    return float32(signal)


def grey_scale(signal: Image, technique: Technique) -> Image:
    """Return presentation values: 0 black to 1 white over the useful range, up to 1.15 above it."""
    side = signal.shape[0]
    edge = side // 10
    middle = signal[edge : side - edge, edge : side - edge]
    step = max(1, side // 128)
    low, high = np.percentile(middle[::step, ::step], [technique.dark_percentile, technique.bright_percentile])
    span = max(float(high - low), 0.3)
    low, span = float(low) - 0.5 * technique.widening * span, span * (1 + technique.widening)
    value = (signal - np.float32(low)) / np.float32(span)
    value = np.maximum(_soft_shoulder(value), 0)
    value = cv2.pow(value, technique.gamma)
    if technique.sigmoid:
        slope = technique.sigmoid
        value = 0.5 + 0.5 * np.tanh(slope * 1.3 * (value - 0.48)) / np.tanh(slope * 0.75)
    return float32(np.clip(value, 0, 1.1))


def _soft_shoulder(value: Image) -> Image:
    """Compress what lies above 0.62 towards 1.04: abdomen and heart turn near-white without being cut off."""
    knee, ceiling = 0.62, 1.04
    above = np.maximum(value - np.float32(knee), 0)
    compressed = (ceiling - knee) * np.tanh(above / np.float32(ceiling - knee))
    return float32(np.minimum(value, knee) + compressed)


def collimate(rng: np.random.Generator, values: Image, view: ViewPosition) -> Image:
    """Blacken (seldom whiten) what the collimator or the edge of a cassette left unexposed."""
    chance = rng.random()
    side = values.shape[0]
    if chance > (0.34 if view == "AP" else 0.22):
        return values
    tilted = view == "AP" and chance < 0.12
    insets = np.where(rng.random(4) < (0.6 if tilted else 0.3), rng.uniform(0.005, 0.12 if tilted else 0.045, 4), -0.2)
    angle = float(np.deg2rad(rng.normal(0, 5 if tilted else 0.6)))
    corners = np.array(
        [(insets[0], insets[1]), (1 - insets[2], insets[1]), (1 - insets[2], 1 - insets[3]), (insets[0], 1 - insets[3])]
    )
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = ((corners - 0.5) @ turn.T + 0.5) * side
    field: NDArray[np.uint8] = np.zeros(values.shape, np.uint8)
    cv2.fillPoly(field, [np.round(corners * 16).astype(np.int32)], 255.0, cv2.LINE_AA, 4)
    inside = blur(float32(field) * np.float32(1 / 255), side / 700)
    outside = 1.0 if rng.random() < 0.08 else float(rng.uniform(0, 0.03))
    return float32(values * inside + np.float32(outside) * (1 - inside))


def shade(rng: np.random.Generator, values: Image) -> Image:
    """Add a slow unevenness of a few grey levels (film scans, plate readers)."""
    return float32(values + np.float32(rng.uniform(0, 0.02)) * lattice(rng, values.shape[0], 4))
