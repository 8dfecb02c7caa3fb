"""Halved copies of an image."""

import numpy as np
import pytest

from cxr_viewer.ui.image_pyramid import ImagePyramid, halved


@pytest.mark.parametrize("dtype", [np.uint16, np.int16, np.int32, np.float32])
def test_halving_is_the_mean_of_blocks(dtype: type[np.generic]) -> None:
    pixels = np.random.default_rng(0).integers(-3000 if dtype != np.uint16 else 0, 30000, (64, 48)).astype(dtype)
    blocks = pixels.astype(np.float64).reshape(32, 2, 24, 2).mean(axis=(1, 3))
    found = halved(pixels)
    assert found.dtype == dtype
    assert np.abs(found.astype(np.float64) - blocks).max() < (1e-2 if dtype == np.float32 else 1.0)


@pytest.mark.parametrize("dtype", [np.uint16, np.int16, np.int32])
def test_the_largest_values_do_not_overflow(dtype: type[np.integer]) -> None:
    highest = np.iinfo(dtype).max
    assert halved(np.full((4, 4), highest, dtype)).max() == highest


def test_odd_sizes_lose_the_last_line_only() -> None:
    assert halved(np.zeros((5, 7), np.uint16)).shape == (2, 3)


def test_level_has_at_least_one_pixel_for_each_on_the_screen() -> None:
    pyramid = ImagePyramid(np.zeros((3000, 2500), np.uint16))
    assert [pyramid.level_for(zoom) for zoom in (2.0, 1.0, 0.6, 0.5, 0.29, 0.25, 0.01)] == [0, 0, 0, 1, 1, 2, 3]
    assert pyramid.level(2).shape == (750, 625)
