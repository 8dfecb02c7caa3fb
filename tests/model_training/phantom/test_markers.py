"""Burned-in letters."""

import numpy as np

from model_training.phantom.markers import draw_markers


def written(seed: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    return draw_markers(np.random.default_rng(seed), np.zeros((256, 256), np.float32), "PA") > 0.3


def test_letters_cover_little_and_stay_at_the_sides() -> None:
    pictures = [written(seed) for seed in range(30)]
    assert 15 <= sum(bool(each.any()) for each in pictures) < 30
    for each in pictures:
        assert each.mean() < 0.02
        assert not each[:, 60:200].any()


def test_both_sides_are_marked_over_many_images() -> None:
    pictures = [written(seed) for seed in range(40)]
    assert any(each[:, :60].any() for each in pictures)
    assert any(each[:, 200:].any() for each in pictures)
