"""Draws training images beside changed versions of themselves, with their boxes, into one picture."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from cxr_viewer.core import geometry
from model_training import augmentation
from model_training.augmentation import AugmentationRules
from model_training.dataset import Dataset, collect, open_folders

_BOX_COLOUR = (0, 200, 90)
_CUT_COLOUR = (230, 160, 0)
_NAME_COLOUR = (255, 255, 255)
_GAP = 4


def draw(dataset: Path, out: Path, set_names: Sequence[str], count: int, versions: int, seed: int) -> None:
    """Write a PNG with a row for every image and augmentation set: the original, then changed versions.

    The sets show the same images, those with boxes first. Boxes that reach beyond the image are of another colour.

    Args:
        dataset: prepared dataset.
        out: picture to write.
        set_names: augmentation sets, in the order shown.
        count: images per set, drawn at random.
        versions: changed versions of every image.
        seed: of the choice and the changes.

    Raises:
        DatasetError: the folder is no prepared dataset.
        ValueError: there is no such augmentation set.
    """
    sets = [AugmentationRules(name) for name in set_names]
    opened = open_folders([dataset])
    chosen = _choice(opened, count, seed)
    rows = [
        _row(opened, index, rules, range(place * versions, (place + 1) * versions), seed)
        for rules in sets
        for place, index in enumerate(chosen)
    ]
    _sheet(rows).save(out, format="PNG")


def _choice(dataset: Dataset, count: int, seed: int) -> list[int]:
    """Return indices drawn at random, images with boxes first."""
    drawn = np.random.default_rng(seed).permutation(len(dataset)).tolist()
    return sorted(drawn, key=lambda index: len(dataset.examples[index].boxes) == 0)[:count]


def _row(dataset: Dataset, index: int, rules: AugmentationRules, positions: range, seed: int) -> list[Image.Image]:
    """Return the tiles of one image under one set, the original first."""
    side = dataset.side
    batch = collect(dataset, [index] * len(positions), positions)
    changes = [augmentation.draw(rules, side, seed, position) for position in positions]
    changed = torch.round(augmentation.change_images(batch.pixels, changes)[:, 0] * 255).to(torch.uint8).numpy()
    original = _tile(batch.pixels[0].numpy(), batch.boxes[0])
    _write_name(original, rules.set)
    return [original] + [
        _tile(image, augmentation.change_boxes(own, change, rules, seed, position))
        for image, own, change, position in zip(changed, batch.boxes, changes, positions, strict=True)
    ]


def _tile(image: NDArray[np.uint8], boxes: geometry.Boxes) -> Image.Image:
    tile = Image.fromarray(image).convert("RGB")
    side = image.shape[-1]
    pen = ImageDraw.Draw(tile)
    for box in boxes.tolist():
        colour = _BOX_COLOUR if min(box) >= 0 and max(box) <= side else _CUT_COLOUR
        pen.rectangle(box, outline=colour, width=max(1, side // 128))
    return tile


def _write_name(tile: Image.Image, name: str) -> None:
    pen, size = ImageDraw.Draw(tile), max(10, tile.width // 20)
    font = ImageFont.load_default(size)
    left, top, right, bottom = pen.textbbox((2, 2), name, font)
    pen.rectangle((left - 2, top - 2, right + 2, bottom + 2), fill=(0, 0, 0))
    pen.text((2, 2), name, _NAME_COLOUR, font)


def _sheet(rows: list[list[Image.Image]]) -> Image.Image:
    side = rows[0][0].width
    pitch = side + _GAP
    sheet = Image.new("RGB", (len(rows[0]) * pitch - _GAP, len(rows) * pitch - _GAP))
    for top, tiles in enumerate(rows):
        for left, tile in enumerate(tiles):
            sheet.paste(tile, (left * pitch, top * pitch))
    return sheet
