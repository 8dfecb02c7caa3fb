"""Tests of the picture of training images."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model_training import contact_sheet
from model_training.dataset import open_folders
from tests.model_training.small import SIDE, write_dataset


def test_the_sheet_shows_every_image_with_its_boxes(tmp_path: Path) -> None:
    data = write_dataset(tmp_path / "data", count=8)
    contact_sheet.draw(data, tmp_path / "sheet.png", "none", 8, seed=1)
    sheet = np.asarray(Image.open(tmp_path / "sheet.png"))
    assert sheet.shape == (2 * SIDE + 4, 6 * SIDE + 5 * 4, 3)
    coloured = (sheet[..., 1].astype(int) - sheet[..., 0]) > 150
    opened = open_folders([data])
    order = np.random.default_rng(1).permutation(8)
    for place, index in enumerate(order):
        top, left = place // 6 * (SIDE + 4), place % 6 * (SIDE + 4)
        has_box = bool(coloured[top : top + SIDE, left : left + SIDE].any())
        assert has_box == bool(len(opened.examples[index].boxes))


def test_an_unknown_set_is_refused(tmp_path: Path) -> None:
    data = write_dataset(tmp_path / "data", count=2)
    with pytest.raises(ValueError, match="no augmentation set 'wild'"):
        contact_sheet.draw(data, tmp_path / "sheet.png", "wild", 2, seed=1)
