"""Draws training images as the network sees them, with their boxes, into one picture."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from cxr_viewer.core import geometry
from model_training import augmentation
from model_training.augmentation import AugmentationRules
from model_training.dataset import collect, open_folders

COLUMNS = 6
_BOX_COLOUR = (0, 200, 90)
_GAP = 4


def draw(dataset: Path, out: Path, set_name: str, count: int, seed: int) -> None:
    """Write a PNG with ``count`` images drawn at random after the changes of an augmentation set.

    Raises:
        DatasetError: the folder is no prepared dataset.
        ValueError: there is no such augmentation set.
    """
    rules = AugmentationRules(set_name)
    opened = open_folders([dataset])
    drawn = np.random.default_rng(seed).permutation(len(opened))[:count]
    batch = collect(opened, drawn.tolist(), range(len(drawn)))
    changes = [augmentation.draw(rules, opened.side, seed, position) for position in batch.positions]
    images = augmentation.change_images(batch.pixels, changes)
    grey = torch.round(images[:, 0] * 255).to(torch.uint8).numpy()
    boxes = [
        augmentation.change_boxes(own, change, rules, seed, position)
        for own, change, position in zip(batch.boxes, changes, batch.positions, strict=True)
    ]
    _sheet(grey, boxes).save(out, format="PNG")


def _sheet(images: NDArray[np.uint8], boxes: list[geometry.Boxes]) -> Image.Image:
    side = images.shape[-1]
    columns = min(COLUMNS, len(images))
    rows = -(-len(images) // columns)
    sheet = Image.new("RGB", (columns * (side + _GAP) - _GAP, rows * (side + _GAP) - _GAP))
    for number, (image, own) in enumerate(zip(images, boxes, strict=True)):
        tile = Image.fromarray(image).convert("RGB")
        pen = ImageDraw.Draw(tile)
        for box in own:
            pen.rectangle([float(value) for value in box], outline=_BOX_COLOUR, width=max(1, side // 256))
        sheet.paste(tile, ((number % columns) * (side + _GAP), number // columns * (side + _GAP)))
    return sheet
