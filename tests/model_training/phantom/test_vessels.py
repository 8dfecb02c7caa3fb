"""Vessels and hila."""

import numpy as np

from model_training.phantom.vessels import grow, hilar_attenuation, vessel_attenuation
from tests.model_training.phantom.drawn_chests import chest


def test_vessels_stay_in_the_lungs_and_are_denser_near_the_hila() -> None:
    drawn = chest(1)
    vessels = vessel_attenuation(np.random.default_rng(0), drawn, congested=False)
    assert vessels[drawn.lung == 0].max() == 0
    assert vessels.min() >= 0
    distance = np.min(
        [np.hypot(drawn.projection.x - x, drawn.projection.y - y) for x, y in map(drawn.hilum, (-1, 1))], 0
    )
    free = (drawn.lung > 0.9) & (drawn.heart < 0.1) & (drawn.mediastinum < 0.1)
    assert vessels[free & (distance < 45)].mean() > 1.5 * vessels[free & (distance > 80)].mean()


def test_congestion_strengthens_vessels() -> None:
    drawn = chest(1)
    plain, congested = (vessel_attenuation(np.random.default_rng(0), drawn, each) for each in (False, True))
    assert np.allclose(congested, 1.25 * plain, atol=1e-5)


def test_enlarged_hila_absorb_more() -> None:
    drawn = chest(1)
    plain, large = (hilar_attenuation(np.random.default_rng(0), drawn, each).sum() for each in (False, True))
    assert large > 1.5 * plain > 0


def test_a_tree_grows_about_as_far_as_its_length() -> None:
    drawn = chest(2)
    canvas = drawn.projection.canvas()
    grow(np.random.default_rng(0), drawn, canvas, (0.0, 100.0), 0.0, 3.5, 60.0)
    assert canvas.any()
    reach = np.hypot(drawn.projection.x[canvas > 0], drawn.projection.y[canvas > 0] - 100).max()
    assert 20 < reach < 80
