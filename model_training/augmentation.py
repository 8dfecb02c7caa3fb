"""Random changes of training batches on the training device: geometry with boxes, tones, noise, collimation.

A sample's changes are a function of (seed, position of the sample in the run) alone: a resumed run repeats them, and it
does not matter which process or batch a sample falls into.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cxr_viewer.core import geometry
from model_training import tones, warping
from model_training.augmentation_sets import SETS, AugmentationSet
from model_training.warping import BoxRule

_TONE_KNOTS = 6
_SHADE_KNOTS = 3
_NO_BOXES = np.zeros((0, 4), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class AugmentationRules:
    """What a recipe says about augmentation.

    Attributes:
        set: name in SETS.
        box_rule: how boxes follow a turn; None leaves it to the set.
        box_jitter_sd: overrides the set's readers' noise when above 0 (0.05 to 0.08 is realistic).
        least_visible_share: a box of which less is left inside the image is dropped, where the set cuts boxes.
        least_visible_side: the same for its cut sides, in shares of the image side.
    """

    set: str = "none"
    box_rule: BoxRule | None = None
    box_jitter_sd: float = 0.0
    least_visible_share: float = 0.25
    least_visible_side: float = 12 / 256

    def __post_init__(self) -> None:
        if self.set not in SETS:
            raise ValueError(f"There is no augmentation set '{self.set}'; choose one of {', '.join(SETS)}.")


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """The changes drawn for one sample; a sigma or amount of 0 leaves that step out.

    Attributes:
        side: of the image in pixels.
        matrix: (2, 3), source to result, network pixels.
        black_border: see AugmentationSet.
        table: (256,) float32, tone curve and gamma.
        quantised: see AugmentationSet.
        salt_rate, salt_cells, salt_seed: share of the grid's cells that are hit; rows and columns of the grid.
        sharpen_amount, sharpen_sigma, blur_sigma: strength; pixels.
        shades: (3, 3) float32, or None.
        contrast, brightness: result = (x - 0.5) * contrast + 0.5 + brightness.
        noise_sd, noise_seed: pixel noise.
        window: (4,) float32, what the collimator leaves, network pixels.
        is_collimated: whether anything outside the window is blackened.
        jitter_sd: readers' noise on every edge, spread in box sides.
    """

    side: int
    matrix: warping.Matrix
    black_border: bool
    table: NDArray[np.float32]
    quantised: bool
    salt_rate: float
    salt_cells: tuple[int, int]
    salt_seed: int
    sharpen_amount: float
    sharpen_sigma: float
    blur_sigma: float
    shades: NDArray[np.float32] | None
    contrast: float
    brightness: float
    noise_sd: float
    noise_seed: int
    window: NDArray[np.float32]
    is_collimated: bool
    jitter_sd: float


def draw(rules: AugmentationRules, side: int, seed: int, position: int) -> Change:
    """Return the changes of the sample at ``position`` of the run with that seed, for images of ``side`` pixels."""
    strengths = SETS[rules.set]
    random = np.random.default_rng([seed, position])
    grains = np.random.default_rng([seed, position, 2])  # streams of their own for what not every set has
    happens = random.random(7)
    return Change(
        side=side,
        matrix=_shifted_centre(
            _draw_matrix(strengths, side, random, mirrored=happens[0] < strengths.flip_probability),
            np.random.default_rng([seed, position, 3]).uniform(-strengths.centre_shift, strengths.centre_shift, 2)
            * side,
        ),
        black_border=bool(happens[1] < strengths.black_border_probability),
        table=_draw_table(strengths, random, bent=happens[2] < strengths.tone_probability),
        quantised=strengths.quantised,
        salt_rate=strengths.salt_rate * (grains.random() < strengths.salt_probability),
        salt_cells=(int(_draw_range(grains, strengths.salt_cells)), int(_draw_range(grains, strengths.salt_cells))),
        salt_seed=int(grains.integers(2**62)),
        sharpen_amount=_draw_range(random, strengths.sharpen_amount) * (happens[3] < strengths.sharpen_probability),
        sharpen_sigma=_draw_range(random, strengths.sharpen_sigma) * side,
        blur_sigma=_draw_range(random, strengths.blur_sigma) * side / 256 * (happens[4] < strengths.blur_probability),
        shades=_draw_shades(strengths, random, happens[5] < strengths.shade_probability),
        contrast=_draw_range(random, strengths.contrast),
        brightness=random.normal(0, strengths.brightness_sd),
        noise_sd=random.uniform(0, strengths.noise_sd) * (random.random() < strengths.noise_probability),
        noise_seed=int(random.integers(2**62)),
        window=_draw_window(strengths, side, random, collimated=happens[6] < strengths.collimation_probability),
        is_collimated=bool(happens[6] < strengths.collimation_probability),
        jitter_sd=rules.box_jitter_sd or strengths.box_jitter_sd,
    )


def _draw_range(random: np.random.Generator, limits: tuple[float, float]) -> float:
    return float(random.uniform(*limits))


def _draw_matrix(strengths: AugmentationSet, side: int, random: np.random.Generator, mirrored: bool) -> warping.Matrix:
    zoom = np.exp(random.normal(strengths.scale_mean, strengths.scale_sd))
    scale_x, scale_y = zoom * np.exp(random.normal(0, strengths.anisotropy_sd, 2))
    shift_x, shift_y = random.uniform(-strengths.shift, strengths.shift, 2) * side
    return warping.matrix(
        side,
        (-scale_x if mirrored else scale_x, scale_y),
        random.normal(0, strengths.rotation_sd),
        random.normal(0, strengths.shear_sd),
        (shift_x, shift_y),
    )


def _shifted_centre(matrix: warping.Matrix, shift: NDArray[np.float64]) -> warping.Matrix:
    """Return the map that moves the source by ``shift`` (2,) pixels first."""
    return np.concatenate([matrix[:, :2], (matrix[:, 2] + matrix[:, :2] @ shift)[:, None]], axis=1)


def _draw_table(strengths: AugmentationSet, random: np.random.Generator, bent: bool) -> NDArray[np.float32]:
    values = np.linspace(0, 1, 256)
    even = np.linspace(0, 1, _TONE_KNOTS)
    inner = np.clip(even[1:-1] + random.normal(0, strengths.tone_sd, _TONE_KNOTS - 2), 0, 1)
    exponent = 2 ** random.normal(0, strengths.gamma_sd)
    if bent:
        values = np.interp(values, even, np.sort(np.concatenate([[0.0], inner, [1.0]])))
    return np.asarray(values**exponent, dtype=np.float32)


def _draw_shades(strengths: AugmentationSet, random: np.random.Generator, shaded: bool) -> NDArray[np.float32] | None:
    shades = random.normal(0, _draw_range(random, strengths.shade_sd), (_SHADE_KNOTS, _SHADE_KNOTS))
    return shades.astype(np.float32) if shaded else None


def _draw_window(
    strengths: AugmentationSet, side: int, random: np.random.Generator, collimated: bool
) -> NDArray[np.float32]:
    margins = random.uniform(0, strengths.collimation, 4) * side * (random.random(4) >= 0.4) * collimated
    left, top, right, bottom = np.round(margins)
    return np.array([left, top, side - right, side - bottom], dtype=np.float32)


def change_boxes(
    boxes: geometry.Boxes, change: Change, rules: AugmentationRules, seed: int, position: int
) -> geometry.Boxes:
    """Return the boxes (N, 4), network pixels, after the sample's geometric changes, without those hardly visible."""
    if not len(boxes):
        return _NO_BOXES
    strengths = SETS[rules.set]
    moved = warping.warp_boxes(boxes, change.matrix, rules.box_rule or strengths.box_rule)
    if change.jitter_sd > 0:
        sides = np.tile(moved[:, 2:] - moved[:, :2], 2)
        noise = np.random.default_rng([seed, position, 1]).normal(0, change.jitter_sd, moved.shape)
        moved = (moved + noise * sides).astype(np.float32)
    if not strengths.cut_boxes:
        return moved
    return warping.visible(moved, change.window, rules.least_visible_share, rules.least_visible_side * change.side)


def change_images(pixels: Tensor, changes: Sequence[Change]) -> Tensor:
    """Return the changed batch, (B, 1, S, S) float32 in [0, 1].

    Args:
        pixels: (B, S, S) uint8 on the training device.
        changes: one per image.
    """
    device, side = pixels.device, pixels.shape[-1]
    tables = torch.from_numpy(np.stack([change.table for change in changes])).to(device)
    black = torch.tensor([change.black_border for change in changes], device=device)
    images = warping.warp_images(
        tones.apply_tables(pixels, tables), np.stack([change.matrix for change in changes]), black
    )
    _grain(images, changes)
    _filter(images, changes, side)
    factors = images.new_tensor([(change.contrast, change.brightness) for change in changes])
    images.sub_(0.5).mul_(factors[:, 0, None, None, None]).add_(0.5 + factors[:, 1, None, None, None])
    for image, change in zip(images, changes, strict=True):
        if change.noise_sd > 0:
            generator = torch.Generator(device).manual_seed(change.noise_seed)
            image.add_(torch.randn(image.shape, generator=generator, device=device), alpha=change.noise_sd)
    chosen = _chosen(changes, [change.is_collimated for change in changes], device)
    windows = images.new_tensor(np.stack([change.window for change in changes]))
    tones.collimate(images, chosen, windows[chosen])
    return images.clamp_(0, 1)


def _grain(images: Tensor, changes: Sequence[Change]) -> None:
    """Round grey values to 8 bits and sow salt and pepper, in the images that have them, in place."""
    chosen = _chosen(changes, [change.quantised for change in changes], images.device)
    if len(chosen):
        images[chosen] = torch.round(images[chosen] * 255) / 255
    for image, change in zip(images, changes, strict=True):
        if change.salt_rate > 0:
            generator = torch.Generator(images.device).manual_seed(change.salt_seed)
            tones.salt_and_pepper(image, change.salt_rate, change.salt_cells, generator)


def _filter(images: Tensor, changes: Sequence[Change], side: int) -> None:
    chosen = _chosen(changes, [change.sharpen_amount > 0 for change in changes], images.device)
    strengths = images.new_tensor([(change.sharpen_amount, change.sharpen_sigma) for change in changes])[chosen]
    tones.sharpen(images, chosen, strengths[:, 0], strengths[:, 1], largest=side * 14 / 256)
    chosen = _chosen(changes, [change.blur_sigma > 0 for change in changes], images.device)
    tones.blur(
        images, chosen, images.new_tensor([change.blur_sigma for change in changes])[chosen], largest=side * 1.2 / 256
    )
    shades = [change.shades for change in changes if change.shades is not None]
    if shades:
        chosen = _chosen(changes, [change.shades is not None for change in changes], images.device)
        tones.shade(images, chosen, images.new_tensor(np.stack(shades)))


def _chosen(changes: Sequence[Change], wanted: Sequence[bool], device: torch.device) -> Tensor:
    return torch.tensor([index for index in range(len(changes)) if wanted[index]], dtype=torch.int64, device=device)
