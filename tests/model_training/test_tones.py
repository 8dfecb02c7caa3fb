"""Tests of changes of grey values against OpenCV and plain numpy."""

import cv2
import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from scipy.stats import beta

from model_training import tones


def texture(side: int = 128, count: int = 3) -> torch.Tensor:
    random = np.random.default_rng(1)
    images = [cv2.GaussianBlur(random.random((side, side)).astype(np.float32), (0, 0), 2) for _ in range(count)]
    return torch.from_numpy(np.stack(images))[:, None]


def test_each_image_goes_through_its_own_table() -> None:
    pixels = torch.randint(0, 256, (2, 16, 16), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    tables = torch.stack([torch.arange(256) / 255, 1 - torch.arange(256) / 255])
    shown = tones.apply_tables(pixels, tables)
    torch.testing.assert_close(shown[0, 0], pixels[0] / 255)
    torch.testing.assert_close(shown[1, 0], 1 - pixels[1] / 255)


def test_gaussian_blur_equals_scipys() -> None:
    images = texture()
    sigmas = torch.tensor([0.4, 0.8, 1.2])
    ours = tones.gaussian_blur(images, sigmas, largest=1.2)
    for image, blurred, sigma in zip(images, ours, sigmas, strict=True):
        expected = gaussian_filter(image[0].numpy(), float(sigma), mode="nearest", truncate=4 / float(sigma))
        np.testing.assert_allclose(blurred[0].numpy(), expected, atol=1e-4)


@pytest.mark.parametrize("side", [64, 256])
def test_wide_blur_comes_close_to_a_true_gaussian(side: int) -> None:
    images = texture(side, 2)
    sigmas = torch.tensor([3.0, 14.0]) * side / 256 + 1.0
    ours = tones.wide_blur(images, sigmas, largest=side * 14 / 256 + 1)
    for image, blurred, sigma in zip(images, ours, sigmas, strict=True):
        expected = gaussian_filter(image[0].numpy(), float(sigma), mode="nearest")
        error = (blurred[0].numpy() - expected)[8:-8, 8:-8]
        assert error.std() < 0.07 * float(image.std())


def test_sharpening_changes_the_chosen_images_only_and_raises_contrast() -> None:
    images = texture()
    before = images.clone()
    tones.sharpen(images, torch.tensor([1]), torch.tensor([1.0]), torch.tensor([4.0]), largest=14)
    assert torch.equal(images[[0, 2]], before[[0, 2]])
    assert float(images[1].std()) > 1.3 * float(before[1].std())


def test_blurring_changes_the_chosen_images_only() -> None:
    images = texture()
    before = images.clone()
    tones.blur(images, torch.tensor([2]), torch.tensor([1.2]), largest=1.2)
    assert torch.equal(images[:2], before[:2])
    assert float(images[2].std()) < float(before[2].std())


def test_shading_is_the_bicubic_surface_of_its_knots() -> None:
    images = torch.zeros(2, 1, 96, 96)
    knots = torch.tensor([[[0.0, 0.1, 0.0], [0.2, 0.3, -0.1], [0.0, 0.0, 0.4]]])
    tones.shade(images, torch.tensor([1]), knots)
    expected = torch.nn.functional.interpolate(knots[:, None], size=(96, 96), mode="bicubic", align_corners=False)
    assert not images[0].any()
    torch.testing.assert_close(images[1], expected[0], atol=1e-5, rtol=1e-5)


def test_salt_and_pepper_fills_cells_with_values_near_black_and_white() -> None:
    image = torch.full((1, 128, 128), 2.0)
    tones.salt_and_pepper(image, 0.25, (16, 32), torch.Generator().manual_seed(1))
    cells = (image[0] != 2).reshape(16, 8, 32, 4).float().mean(dim=(1, 3))
    assert ((cells == 0) | (cells == 1)).all()
    assert float(cells.mean()) == pytest.approx(0.25, abs=0.06)
    values = image[image != 2].numpy()
    # the beta distribution with both parameters 1/2: mean 1/2, variance 1/8, a fifth within 0.024 of either end
    assert values.mean() == pytest.approx(0.5, abs=0.03)
    assert values.var() == pytest.approx(0.125, abs=0.01)
    np.testing.assert_allclose(np.quantile(values, [0.1, 0.25, 0.9]), beta(0.5, 0.5).ppf([0.1, 0.25, 0.9]), atol=0.03)


def test_collimation_blackens_outside_the_window() -> None:
    images = torch.ones(2, 1, 8, 8)
    tones.collimate(images, torch.tensor([0]), torch.tensor([[2.0, 1.0, 7.0, 8.0]]))
    expected = torch.zeros(8, 8)
    expected[1:8, 2:7] = 1
    assert torch.equal(images[0, 0], expected)
    assert images[1].all()
