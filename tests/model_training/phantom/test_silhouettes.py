"""Outlines of the organs."""

import numpy as np
import pytest

from model_training.phantom.silhouettes import heart_outline, lung_outline, mediastinum_outline, trunk_outline
from model_training.phantom.thorax import LEFT, RIGHT, Thorax, sample_thorax


def thoraces() -> list[Thorax]:
    return [sample_thorax(np.random.default_rng(seed), "AP" if seed % 2 else "PA", ()) for seed in range(30)]


def test_lungs_lie_on_their_sides_within_the_rib_cage() -> None:
    for thorax in thoraces():
        for side in (RIGHT, LEFT):
            outline = lung_outline(np.random.default_rng(1), thorax, side)
            x = side * (outline.points[:, 0] - thorax.midline(outline.points[:, 1]))
            assert x.min() > 0
            below = outline.points[:, 1] > 20  # the apex is a dome of its own
            assert (x[below] <= thorax.half_width(outline.points[below, 1], side) * 1.01 + 0.1).all()
            assert outline.points[:, 1].max() == pytest.approx(outline.angle_mm, abs=1)
            assert outline.angle_mm > outline.dome_mm


def test_the_heart_is_as_wide_as_the_cardiothoracic_ratio_says_and_lies_more_on_the_left() -> None:
    for thorax in thoraces():
        points = heart_outline(np.random.default_rng(1), thorax)
        inner = float(thorax.half_width(thorax.base_mm, RIGHT) + thorax.half_width(thorax.base_mm, LEFT))
        assert np.ptp(points[:, 0]) / inner == pytest.approx(thorax.cardiothoracic_ratio, abs=0.05)
        middle = float(thorax.midline(thorax.base_mm, depth_mm=45))
        assert points[:, 0].max() - middle > middle - points[:, 0].min()


def test_the_trunk_encloses_lungs_and_mediastinum() -> None:
    for thorax in thoraces():
        trunk = trunk_outline(thorax, 20.0)
        lungs = [lung_outline(np.random.default_rng(2), thorax, side).points for side in (RIGHT, LEFT)]
        assert trunk[:, 0].min() < min(each[:, 0].min() for each in lungs)
        assert trunk[:, 0].max() > max(each[:, 0].max() for each in lungs)
        mediastinum = mediastinum_outline(np.random.default_rng(2), thorax)
        assert np.abs(mediastinum[:, 0]).max() < thorax.half_width_mm * 0.75
