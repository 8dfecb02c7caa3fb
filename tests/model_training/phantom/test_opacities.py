"""Opacities drawn into one chest."""

import numpy as np
import pytest

from model_training.phantom.opacities import BOX_COUNT_SHARES, draw_opacities
from model_training.phantom.soft_tissue import SOFT_TISSUE_PER_CM
from tests.model_training.phantom.drawn_chests import chest


def test_box_counts_are_those_of_the_labels() -> None:
    assert BOX_COUNT_SHARES.sum() == pytest.approx(1)


def test_opacities_lie_in_the_lungs_and_replace_no_more_air_than_there_is() -> None:
    for seed in range(15):
        drawn = chest(seed, view="AP")
        opacities = draw_opacities(np.random.default_rng(seed), drawn)
        assert len(opacities.masks) == len(opacities.boxes) == len(opacities.strengths) > 0
        for mask in opacities.masks:
            assert drawn.lung[mask].min() > 0.3
        veil = 0.16 * 1.5
        limit = SOFT_TISSUE_PER_CM * (drawn.aerated_cm + 1.2) * len(opacities.masks) + veil
        assert (opacities.attenuation <= limit + 1e-4).all()
        assert opacities.attenuation[drawn.lung == 0].max() == 0


def test_the_mask_is_where_the_opacity_is_strong() -> None:
    drawn = chest(4)
    opacities = draw_opacities(np.random.default_rng(4), drawn)
    inside = np.any(opacities.masks, axis=0)
    outside = (drawn.lung > 0.9) & ~inside
    assert opacities.attenuation[inside].mean() > 3 * opacities.attenuation[outside].mean()
