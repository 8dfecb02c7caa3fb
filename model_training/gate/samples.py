"""What the gate's heads learn from: phantoms as frontal chests may look, and everything else, as network inputs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from model_training import augmentation
from model_training.augmentation import AugmentationRules
from model_training.dataset import Dataset
from model_training.gate import outside
from model_training.gate.head import Thumbnails, thumbnails_of
from model_training.gate.radiographs import boxed

_RULES = AugmentationRules("strong")
_CHUNK = 16
_INSIDE, _OUTSIDE, _TONES, _VEIL = 0, 1, 2, 3
_LEAST_KEPT = 0.62
"""Of width and height when a chest is cut closer or to another shape: most of both lungs stays."""

_VEILED_SHARE = 0.35
"""Of pictures with a soft white or dark patch: a lung may be white, a corner hidden by a hand, an arm or a device."""

Pictures = NDArray[np.uint8]
Progress = Callable[[int, int], None] | None


@dataclass(frozen=True, slots=True, eq=False)
class GateSamples:
    """Thumbnails of both sides, (N, side, side) float32, and the number of each outside one's kind, (N,) int64."""

    inside: Thumbnails
    outside: Thumbnails
    kinds: NDArray[np.int64]


def draw_samples(
    dataset: Dataset, sources: NDArray[np.intp], count: int, seed: int, on_progress: Progress = None
) -> GateSamples:
    """Return ``count`` frontal chests and as many other pictures, a whole number of each kind.

    Args:
        dataset: prepared phantoms.
        sources: indices of those that are used.
        count: of chests.
        seed: of everything random.
        on_progress: told (pictures drawn, of).
    """
    per_kind = max(1, round(count / len(outside.KINDS)))
    kinds = np.repeat(np.arange(len(outside.KINDS)), per_kind)
    total = count + len(kinds)
    sides: list[list[Thumbnails]] = [[], []]
    done = 0
    for side, numbers in ((_INSIDE, np.arange(count)), (_OUTSIDE, np.arange(len(kinds)))):
        for start in range(0, len(numbers), _CHUNK):
            chunk = numbers[start : start + _CHUNK]
            if side == _INSIDE:
                pictures = inside(dataset, sources, chunk, seed)
            else:
                pictures = outside_of(dataset, sources, kinds[chunk], chunk, seed)
            sides[side].append(thumbnails_of(pictures))
            done += len(chunk)
            if on_progress is not None:
                on_progress(done, total)
    return GateSamples(np.concatenate(sides[_INSIDE]), np.concatenate(sides[_OUTSIDE]), kinds)


def inside(dataset: Dataset, sources: NDArray[np.intp], numbers: NDArray[np.intp], seed: int) -> Pictures:
    """Return frontal chests under strong changes of tone, placement, field of view and frame, (N, S, S) uint8.

    A picture is a function of the dataset, the sources, the seed and its number alone.
    """
    images = np.stack([dataset.image(int(sources[number % len(sources)])) for number in numbers])
    changed = _changed(images, seed, numbers)
    randoms = [np.random.default_rng([seed, _INSIDE, number]) for number in numbers]
    return np.stack([boxed(_reframed(own, image), dataset.side) for own, image in zip(randoms, changed, strict=True)])


def outside_of(
    dataset: Dataset,
    sources: NDArray[np.intp],
    kinds: NDArray[np.int64],
    numbers: NDArray[np.intp],
    seed: int,
) -> Pictures:
    """Return pictures that are no frontal chests, (N, S, S) uint8, of these kinds (N,).

    They go through the same changes of tone as the chests: a change that one side alone has would be learned.
    """
    drawn = []
    for kind, number in zip(kinds, numbers, strict=True):
        random = np.random.default_rng([seed, _OUTSIDE, number])
        phantom = dataset.image(int(random.choice(sources)))
        drawn.append(outside.draw(outside.KINDS[kind], random, dataset.side, phantom))
    return _changed(np.stack(drawn), seed + _TONES, numbers)


def _changed(images: Pictures, seed: int, positions: NDArray[np.intp]) -> Pictures:
    changes = [augmentation.draw(_RULES, images.shape[-1], seed, int(position)) for position in positions]
    veiled = [
        _veiled(np.random.default_rng([seed, _VEIL, number]), image)
        for image, number in zip(images, positions, strict=True)
    ]
    changed = augmentation.change_images(torch.from_numpy(np.stack(veiled)), changes)
    return np.asarray(torch.round(changed[:, 0] * 255).to(torch.uint8).numpy())


def _veiled(random: np.random.Generator, image: Pictures) -> Pictures:
    """Return a picture with a soft patch of one grey somewhere, or as it is."""
    if random.random() >= _VEILED_SHARE:
        return image
    side = image.shape[0]
    y, x = (np.mgrid[0:side, 0:side] + 0.5) / side
    (at_x, at_y), (wide, high) = random.uniform(0.1, 0.9, 2), random.uniform(0.08, 0.32, 2)
    inside = 1 / (
        1 + np.exp(random.uniform(2, 8) * (((x - at_x) / wide) ** 2 + ((y - at_y) / high) ** 2 - 1).clip(-1, 9))
    )
    grey = random.uniform(170, 255) if random.random() < 0.7 else random.uniform(0, 90)
    cover = random.uniform(0.4, 0.95) * inside
    return np.asarray(np.round(image * (1 - cover) + grey * cover), np.uint8)


def _reframed(random: np.random.Generator, image: Pictures) -> Pictures:
    """Return a chest (rows, columns) cut closer or to another shape, inside a border, mirrored, or none of it."""
    side = image.shape[0]
    if random.random() < 0.3:
        image = image[:, ::-1]
    if random.random() < 0.7:
        close = float(random.uniform(_LEAST_KEPT, 1))
        shares = [close, close] if random.random() < 0.5 else [close, 1.0]
        height, width = (round(side * share) for share in (shares if random.random() < 0.5 else shares[::-1]))
        top, left = (round(float(np.clip(random.normal(0.5, 0.2), 0, 1)) * (side - kept)) for kept in (height, width))
        image = image[top : top + height, left : left + width]
    if random.random() < 0.25:
        margins = np.round(random.uniform(0, 0.22, (2, 2)) * side * (random.random((2, 2)) < 0.6)).astype(int)
        grey = int(random.choice([0, 0, int(random.integers(256)), 255]))
        image = np.pad(image, [(int(low), int(high)) for low, high in margins], constant_values=grey)
    return image
