"""Abnormalities that are no opacity."""

import numpy as np
import pytest

from model_training.phantom.distractors import (
    BESIDE_OPACITIES,
    NAMES,
    choose_distractors,
    distractor_attenuation,
    lung_texture,
)
from tests.model_training.phantom.drawn_chests import chest

DRAWN = ("nodules", "mass", "effusion", "bands", "pneumothorax", "reticulation", "oedema")


def test_the_image_class_decides_what_may_be_seen() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        assert choose_distractors(rng, "Normal") == ()
        assert 1 <= len(set(choose_distractors(rng, "No Lung Opacity / Not Normal")) & set(NAMES)) <= 2
        assert set(choose_distractors(rng, "Lung Opacity")) <= set(BESIDE_OPACITIES)


@pytest.mark.parametrize("name", DRAWN)
def test_each_changes_the_lungs_and_nothing_else(name: str) -> None:
    drawn = chest(1)
    vessels = np.full_like(drawn.lung, 0.05)
    changes = [distractor_attenuation(np.random.default_rng(seed), drawn, (name,), vessels) for seed in range(4)]
    assert max(np.abs(change).max() for change in changes) > 0.05
    assert all(np.abs(change[drawn.lung == 0]).max() == 0 for change in changes)


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(DRAWN)))
def test_what_shape_or_vessels_show_adds_nothing_here(name: str) -> None:
    drawn = chest(1)
    change = distractor_attenuation(np.random.default_rng(0), drawn, (name,), np.zeros_like(drawn.lung))
    assert not change.any()


def test_only_a_pneumothorax_makes_lung_more_lucent() -> None:
    drawn = chest(1)
    vessels = np.full_like(drawn.lung, 0.05)
    for name in DRAWN:
        least = min(
            distractor_attenuation(np.random.default_rng(seed), drawn, (name,), vessels).min() for seed in range(4)
        )
        assert (least < -0.05) == (name == "pneumothorax")


def test_lung_texture_has_no_mean() -> None:
    drawn = chest(1)
    grain = lung_texture(np.random.default_rng(0), drawn, coarse=False)
    assert abs(grain[drawn.lung > 0.9].mean()) < 0.25 * grain[drawn.lung > 0.9].std()
