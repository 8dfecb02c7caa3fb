"""The skeleton."""

import numpy as np

from model_training.phantom.bones import bone_attenuation
from tests.model_training.phantom.drawn_chests import chest


def test_spine_and_ribs_absorb_and_gaps_between_ribs_do_not() -> None:
    for seed in range(6):
        drawn = chest(seed, 256)
        view, thorax = drawn.projection, drawn.thorax
        bones = bone_attenuation(np.random.default_rng(seed), thorax, view, drawn.heart)
        middle = np.abs(view.x - np.float32(thorax.midline(thorax.base_mm / 2, -55))) < 5
        spine = bones[middle & (view.y > 40) & (view.y < thorax.base_mm)]
        lung = bones[(drawn.lung > 0.9) & (drawn.heart < 0.1) & (view.y > 60)]
        assert spine.mean() > 0.15
        assert np.percentile(lung, 90) > 0.15
        assert np.percentile(lung, 10) < 0.05


def test_ribs_are_fainter_behind_the_heart() -> None:
    drawn = chest(0, 256)
    bones = [
        bone_attenuation(np.random.default_rng(0), drawn.thorax, drawn.projection, heart)
        for heart in (np.zeros_like(drawn.heart), np.ones_like(drawn.heart))
    ]
    lung = drawn.lung > 0.9
    assert bones[1][lung].mean() < 0.8 * bones[0][lung].mean()
