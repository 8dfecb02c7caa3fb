"""Tests of the picture of training images."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from model_training import augmentation, contact_sheet
from model_training.augmentation import AugmentationRules
from model_training.augmentation_sets import PAPER_SETS
from model_training.dataset import EXAMPLES, Dataset, open_folders
from tests.model_training.small import SIDE, write_dataset

PITCH = SIDE + 4


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A dataset of images whose native side is twice the prepared one."""
    folder = write_dataset(tmp_path / "data", count=8)
    rows = [json.loads(line) for line in (folder / EXAMPLES).read_text(encoding="utf-8").splitlines()]
    for row in rows:
        row |= {"rows": 2 * SIDE, "columns": 2 * SIDE, "boxes": (2 * np.array(row["boxes"])).tolist()}
    (folder / EXAMPLES).write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    return folder


def tiles(path: Path) -> NDArray[np.uint8]:
    """Return the sheet's tiles (rows, columns, SIDE, SIDE, 3)."""
    sheet = np.asarray(Image.open(path))
    rows, columns = (sheet.shape[0] + 4) // PITCH, (sheet.shape[1] + 4) // PITCH
    assert sheet.shape == (rows * PITCH - 4, columns * PITCH - 4, 3)
    return np.stack(
        [
            [sheet[y * PITCH : y * PITCH + SIDE, x * PITCH : x * PITCH + SIDE] for x in range(columns)]
            for y in range(rows)
        ]
    )


def coloured(tile: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return where a box is drawn."""
    return np.asarray((tile[..., 1].astype(int) - tile[..., 2]) > 90)


def drawn_box(tile: NDArray[np.uint8]) -> list[int]:
    """Return x1 y1 x2 y2 around everything drawn."""
    rows, columns = np.nonzero(coloured(tile))
    return [int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())]


def matching(opened: Dataset, tile: NDArray[np.uint8]) -> int:
    """Return the index of the image that a tile without changes shows, by its grey lower half."""
    lower, grey = tile[SIDE // 2 :], ~coloured(tile[SIDE // 2 :])
    found = [i for i in range(len(opened)) if np.array_equal(opened.image(i)[SIDE // 2 :][grey], lower[..., 0][grey])]
    assert len(found) == 1
    return found[0]


def test_every_row_shows_an_image_and_changed_versions_with_their_boxes(data: Path, tmp_path: Path) -> None:
    contact_sheet.draw(data, tmp_path / "sheet.png", ["none", "paper-heavy"], 3, 2, seed=1)
    shown = tiles(tmp_path / "sheet.png")
    assert shown.shape[:2] == (6, 3)
    opened = open_folders([data])
    for row in range(3):
        index = matching(opened, shown[row, 0])
        assert len(opened.examples[index].boxes)
        assert index == matching(opened, shown[row, 1]) == matching(opened, shown[row + 3, 0])
        own = (opened.examples[index].boxes / 2).astype(np.float32)
        assert drawn_box(shown[row, 0]) == drawn_box(shown[row, 1]) == pytest.approx(own[0], abs=1.5)
        for column in (1, 2):
            rules, position = AugmentationRules("paper-heavy"), row * 2 + column - 1
            change = augmentation.draw(rules, SIDE, 1, position)
            box = augmentation.change_boxes(own, change, rules, 1, position)[0]
            assert drawn_box(shown[row + 3, column]) == pytest.approx(np.clip(box, 0, SIDE), abs=1.5)
            assert not np.array_equal(shown[row + 3, column], shown[row + 3, 0])


def test_images_without_boxes_come_last(data: Path, tmp_path: Path) -> None:
    contact_sheet.draw(data, tmp_path / "sheet.png", ["none"], 8, 1, seed=1)
    has_box = [bool(coloured(tile)[SIDE // 4 :].any()) for tile in tiles(tmp_path / "sheet.png")[:, 1]]
    assert has_box == [True] * 4 + [False] * 4


def test_the_papers_five_sets_fit_on_one_sheet(data: Path, tmp_path: Path) -> None:
    contact_sheet.draw(data, tmp_path / "sheet.png", PAPER_SETS, 1, 3, seed=1)
    assert tiles(tmp_path / "sheet.png").shape[:2] == (5, 4)


def test_an_unknown_set_is_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no augmentation set 'wild'"):
        contact_sheet.draw(data, tmp_path / "sheet.png", ["wild"], 2, 1, seed=1)
