"""Beam, noise and grey scale."""

from dataclasses import replace

import numpy as np
import pytest

from model_training.phantom.exposure import Technique, collimate, expose, grey_scale, sample_technique
from model_training.phantom.raster import Projection

PLAIN = replace(
    sample_technique(np.random.default_rng(0), "PA"),
    photons_per_mm2=1e5,
    scatter=0.0,
    sharpness_mm=0.0,
    heel=0.0,
    edge_gain=0.0,
    equalisation=0.0,
)


def view(side: int, spacing: float = 1.0) -> Projection:
    return Projection.place(side, spacing, (0.5, 0.5), np.zeros(2), 0.0)


def test_without_scatter_the_signal_is_the_attenuation_with_quantum_noise() -> None:
    """Poisson statistics: the noise of -log N is 1 / sqrt(N)."""
    attenuation = np.full((256, 256), 2.0, np.float32)
    signal = expose(np.random.default_rng(1), attenuation, PLAIN, view(256))
    assert signal.mean() == pytest.approx(2.0, abs=1e-3)
    assert signal.std() == pytest.approx(1 / np.sqrt(1e5 * np.exp(-2)), rel=0.03)


def test_smaller_pixels_are_noisier() -> None:
    attenuation = np.full((256, 256), 2.0, np.float32)
    coarse = expose(np.random.default_rng(1), attenuation, PLAIN, view(256, 1.0)).std()
    fine = expose(np.random.default_rng(1), attenuation, PLAIN, view(256, 0.5)).std()
    assert fine == pytest.approx(2 * coarse, rel=0.03)


def test_scatter_lowers_contrast() -> None:
    attenuation = np.full((128, 128), 3.0, np.float32)
    attenuation[:, 64:] = 2.5

    def contrast(technique: Technique) -> float:
        signal = expose(np.random.default_rng(1), attenuation, technique, view(128))
        return float(signal[:, :60].mean() - signal[:, 68:].mean())

    assert contrast(PLAIN) == pytest.approx(0.5, abs=0.02)
    assert contrast(replace(PLAIN, scatter=1.0, scatter_mm=20)) < 0.4


def test_grey_scale_keeps_the_order_of_the_signal() -> None:
    ramp = np.broadcast_to(np.linspace(0, 5, 128, dtype=np.float32), (128, 128)).copy()
    for seed in range(20):
        technique = sample_technique(np.random.default_rng(seed), "AP" if seed % 2 else "PA")
        values = grey_scale(ramp, technique)
        assert (np.diff(values[0]) >= -1e-6).all()
        assert values.min() >= 0
        assert 0.8 < values.max() <= 1.1


def test_collimation_blackens_or_whitens_edges_only() -> None:
    values = np.full((200, 200), 0.5, np.float32)
    changed = 0
    for seed in range(60):
        result = collimate(np.random.default_rng(seed), values, "AP")
        changed += not np.array_equal(result, values)
        assert result[70:130, 70:130] == pytest.approx(0.5)
    assert 5 < changed < 40
