"""Random fields and blurs."""

import cv2
import numpy as np
import pytest

from model_training.phantom.texture import blur, fractal, logistic


def test_fractal_fields_have_unit_variance_at_every_side() -> None:
    rng = np.random.default_rng(0)
    for side in (128, 512):
        spread = np.mean([fractal(rng, side, (16, 32, 64), 0.8).std() for _ in range(8)])
        assert spread == pytest.approx(0.85, abs=0.15)  # cubic interpolation smooths a little


@pytest.mark.parametrize("sigma", [1.0, 12.0, 40.0])
def test_quick_blur_equals_the_plain_one(sigma: float) -> None:
    picture = fractal(np.random.default_rng(1), 256, (4, 8), 0.7)
    plain = cv2.GaussianBlur(picture, (0, 0), sigma)
    inner = slice(64, -64)
    assert np.abs(blur(picture, sigma) - plain)[inner, inner].max() < 0.03


def test_no_blur_leaves_the_picture_as_it_is() -> None:
    picture = fractal(np.random.default_rng(1), 64, (4, 8), 0.7)
    assert blur(picture, 0.1) is picture


def test_logistic_stands_extreme_values() -> None:
    assert logistic(np.array([-1e9, 0, 1e9], np.float32)) == pytest.approx([0, 0.5, 1], abs=1e-6)
