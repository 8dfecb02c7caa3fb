"""Draws what the gate learns from into one picture, a row for the chests and one for each kind of other picture."""

from pathlib import Path

import numpy as np
from PIL import Image

from model_training.dataset import open_folders
from model_training.gate import samples
from model_training.gate.outside import KINDS

_COLUMNS = 8
_TILE = 96


def draw_sheet(dataset: Path, out: Path, seed: int) -> None:
    """Write a PNG: two rows of chests, then the kinds in the order of ``outside.KINDS``.

    Raises:
        DatasetError: the folder is no prepared dataset.
    """
    opened = open_folders([dataset])
    sources = np.arange(len(opened))
    numbers = np.arange(_COLUMNS)
    chests = samples.inside(opened, sources, np.arange(2 * _COLUMNS), seed)
    rows = [chests[:_COLUMNS], chests[_COLUMNS:]]
    for kind in range(len(KINDS)):
        rows.append(samples.outside_of(opened, sources, np.full(_COLUMNS, kind), numbers + _COLUMNS * kind, seed))
    sheet = Image.new("L", (_COLUMNS * _TILE, len(rows) * _TILE))
    for row, pictures in enumerate(rows):
        for column, picture in enumerate(pictures):
            tile = Image.fromarray(picture).resize((_TILE, _TILE), Image.Resampling.BOX)
            sheet.paste(tile, (column * _TILE, row * _TILE))
    sheet.save(out, format="PNG")
