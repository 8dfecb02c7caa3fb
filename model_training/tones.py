"""Changes of grey values in batches of images: tone curves, sharpening, blur, shading, noise, collimation.

Images are (B, 1, S, S) float, 0 black to 1 white. Filters run on chosen images only, at a lower resolution where their
reach is wide, so that a batch costs milliseconds on one processor core.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

_REACH = 3.0  # standard deviations a Gaussian kernel extends to


def apply_tables(pixels: Tensor, tables: Tensor) -> Tensor:
    """Return (B, 1, S, S) float: each image's 8-bit values looked up in its own table.

    Args:
        pixels: (B, S, S) uint8.
        tables: (B, 256) float.
    """
    count, rows, columns = pixels.shape
    values = tables.gather(1, pixels.reshape(count, -1).long())
    return values.reshape(count, 1, rows, columns)


def gaussian_blur(images: Tensor, sigmas: Tensor, largest: float) -> Tensor:
    """Return images (N, 1, H, W) blurred by their own Gaussian; edges are drawn out.

    Args:
        images: (N, 1, H, W) float.
        sigmas: (N,) standard deviations in pixels.
        largest: upper limit of ``sigmas``: sets the kernel's size.
    """
    radius = max(1, math.ceil(_REACH * largest))
    offsets = torch.arange(-radius, radius + 1, dtype=images.dtype, device=images.device)
    kernels = torch.exp(-0.5 * (offsets[None] / sigmas[:, None].clamp(min=1e-3)) ** 2)
    kernels = kernels / kernels.sum(dim=1, keepdim=True)
    count = len(images)
    state = functional.pad(images.transpose(0, 1), (radius, radius, radius, radius), mode="replicate")
    state = functional.conv2d(state, kernels[:, None, None, :], groups=count)
    return functional.conv2d(state, kernels[:, None, :, None], groups=count).transpose(0, 1)


def wide_blur(images: Tensor, sigmas: Tensor, largest: float) -> Tensor:
    """Return images blurred by wide Gaussians, computed on a grid of about 64 pixels a side.

    Averaging over f pixels and linear interpolation back blur by themselves, variance (f^2 - 1) / 12 and f^2 / 6; the
    kernel brings what is missing.
    """
    factor = max(1, images.shape[-1] // 64)
    own = (factor**2 - 1) / 12 + (factor**2 / 6 if factor > 1 else 0.0)
    missing = torch.sqrt((sigmas**2 - own).clamp(min=0.0)) / factor
    small = functional.avg_pool2d(images, factor)
    small = gaussian_blur(small, missing, largest / factor)
    return functional.interpolate(small, size=images.shape[-2:], mode="bilinear", align_corners=False)


def sharpen(images: Tensor, chosen: Tensor, amounts: Tensor, sigmas: Tensor, largest: float) -> None:
    """Add ``amount`` times the difference to the wide blur to the chosen images, in place (vendors' edge enhancement).

    Args:
        images: (B, 1, S, S).
        chosen: (N,) int64, which images.
        amounts, sigmas: (N,), strength and reach in pixels.
        largest: upper limit of ``sigmas``.
    """
    if len(chosen):
        some = images[chosen]
        images[chosen] = some + amounts[:, None, None, None] * (some - wide_blur(some, sigmas, largest))


def blur(images: Tensor, chosen: Tensor, sigmas: Tensor, largest: float) -> None:
    """Blur the chosen images in place; arguments as of ``sharpen``."""
    if len(chosen):
        images[chosen] = gaussian_blur(images[chosen], sigmas, largest)


def shade(images: Tensor, chosen: Tensor, knots: Tensor) -> None:
    """Add a smooth shading to the chosen images, in place.

    Args:
        images: (B, 1, S, S).
        chosen: (N,) int64.
        knots: (N, K, K), grey values of a coarse grid, interpolated by a bicubic.
    """
    if len(chosen):
        side, count = images.shape[-1], knots.shape[-1]
        identity = torch.eye(count, dtype=images.dtype, device=images.device)[None]
        basis = functional.interpolate(identity[..., None], size=(side, 1), mode="bicubic", align_corners=False)
        spread = basis[0, :, :, 0].T  # (S, K): how much each knot weighs at each pixel of one axis
        images[chosen] += (spread @ knots @ spread.T)[:, None]


def salt_and_pepper(image: Tensor, rate: float, cells: tuple[int, int], generator: torch.Generator) -> None:
    """Replace cells of a coarse grid by grains, mostly near black or white, in place.

    As imgaug's CoarseSaltAndPepper: every cell is hit with a probability, and every pixel of a hit cell gets a value of
    its own from a beta distribution with both parameters 1/2.

    Args:
        image: (1, S, S).
        rate: probability of a cell.
        cells: rows and columns of the grid.
        generator: source of chance on the image's device.
    """
    device, shape = image.device, image.shape[-2:]
    hit = torch.rand((1, 1, *cells), generator=generator, device=device) < rate
    covered = functional.interpolate(hit.to(image.dtype), size=shape, mode="nearest")[0] > 0.5
    evenly = torch.rand(image.shape, generator=generator, device=device, dtype=image.dtype)
    torch.where(covered, torch.sin(evenly * (math.pi / 2)) ** 2, image, out=image)  # the arcsine distribution


def collimate(images: Tensor, chosen: Tensor, windows: Tensor) -> None:
    """Blacken the chosen images outside their windows (N, 4), x1 y1 x2 y2 in pixels, in place."""
    if len(chosen):
        places = torch.arange(images.shape[-1], device=images.device) + 0.5
        columns = (places > windows[:, 0:1]) & (places < windows[:, 2:3])
        rows = (places > windows[:, 1:2]) & (places < windows[:, 3:4])
        images[chosen] *= (rows[:, :, None] & columns[:, None, :])[:, None]
