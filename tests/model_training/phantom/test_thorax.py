"""Sampled shapes of the chest."""

from dataclasses import replace

import numpy as np
import pytest

from model_training.phantom.thorax import LEFT, RIGHT, sample_thorax

THORAX = replace(sample_thorax(np.random.default_rng(0), "PA", ()), rotation_degrees=0.0, scoliosis_mm=0.0)


def test_sizes_are_those_of_adults() -> None:
    chests = [sample_thorax(np.random.default_rng(seed), "PA", ()) for seed in range(200)]
    widths = np.array([2 * each.half_width_mm for each in chests])
    assert 250 < widths.mean() < 280
    assert widths.min() >= 224
    assert widths.max() <= 316
    assert np.mean([each.cardiothoracic_ratio for each in chests]) == pytest.approx(0.48, abs=0.015)
    assert np.mean([each.dome_mm[1] - each.dome_mm[0] for each in chests]) == pytest.approx(8, abs=1.5)


def test_a_straight_patient_is_symmetric_and_a_turned_one_is_not() -> None:
    y = np.linspace(0, 200, 5)
    assert THORAX.half_width(y, LEFT) == pytest.approx(THORAX.half_width(y, RIGHT))
    turned = replace(THORAX, rotation_degrees=10.0)
    assert (turned.half_width(y, LEFT) > turned.half_width(y, RIGHT)).all()
    assert float(turned.midline(100, depth_mm=60)) == pytest.approx(60 * np.sin(np.deg2rad(10)))
    assert turned.aeration(LEFT) > 1 > turned.aeration(RIGHT)


def test_the_rib_cage_widens_downwards() -> None:
    widths = THORAX.half_width(np.linspace(0, 0.75 * THORAX.cage_mm * THORAX.widest_at, 20), LEFT)
    assert (np.diff(widths) > 0).all()


def test_cardiomegaly_and_a_raised_dome_change_the_shape() -> None:
    for seed in range(20):
        plain = sample_thorax(np.random.default_rng(seed), "PA", ())
        large = sample_thorax(np.random.default_rng(seed), "PA", ("cardiomegaly",))
        raised = sample_thorax(np.random.default_rng(seed), "PA", ("raised dome",))
        assert large.cardiothoracic_ratio > plain.cardiothoracic_ratio + 0.05
        assert sorted(np.subtract(plain.dome_mm, raised.dome_mm))[0] == pytest.approx(0)
        assert 25 <= max(np.subtract(plain.dome_mm, raised.dome_mm)) <= 55
