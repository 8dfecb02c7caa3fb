"""Soft tissue and air."""

import numpy as np

from tests.model_training.phantom.drawn_chests import chest


def test_lung_transmits_more_than_heart_and_abdomen() -> None:
    for seed in range(12):
        drawn = chest(seed, view="AP" if seed % 2 else "PA")
        view = drawn.projection
        lung = (drawn.lung > 0.99) & (drawn.heart < 0.01) & (drawn.mediastinum < 0.01)
        abdomen = (view.y > drawn.thorax.base_mm + 60) & (np.abs(view.x) < 0.5 * drawn.thorax.half_width_mm)
        assert np.median(drawn.attenuation[lung]) < np.median(drawn.attenuation[drawn.heart > 0.99]) - 0.3
        if abdomen.sum() > 200:
            assert np.median(drawn.attenuation[lung]) < np.median(drawn.attenuation[abdomen]) - 0.5


def test_air_lies_in_the_lungs_only_and_is_no_deeper_than_a_chest() -> None:
    for seed in range(6):
        drawn = chest(seed)
        assert drawn.aerated_cm[drawn.lung == 0].max() == 0
        assert 5 < drawn.aerated_cm.max() < 18


def test_nothing_stands_beside_the_patient() -> None:
    """Direct exposure has no attenuation, so a corner of a wide field is near zero."""
    least = [float(chest(seed).attenuation.min()) for seed in range(12)]
    assert np.median(least) < 0.1
    assert min(least) > -0.6


def test_hila_lie_beside_the_midline_in_the_upper_half() -> None:
    drawn = chest(3)
    (right_x, right_y), (left_x, left_y) = drawn.hilum(-1), drawn.hilum(1)
    assert right_x < 0 < left_x
    assert 0.3 * drawn.thorax.base_mm < left_y < right_y < 0.6 * drawn.thorax.base_mm
