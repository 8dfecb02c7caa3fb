"""Contact sheets."""

from pathlib import Path

import cv2
import pytest

from model_training.phantom.contact_sheet import write_contact_sheet
from model_training.phantom.phantom import simulate


def test_a_sheet_shows_every_phantom_in_rows(tmp_path: Path) -> None:
    phantoms = [simulate(seed, 96, "Lung Opacity") for seed in range(5)]
    write_contact_sheet(phantoms, tmp_path / "sheet.png", columns=3, tile=80)
    sheet = cv2.imread(str(tmp_path / "sheet.png"))
    assert sheet is not None
    assert sheet.shape == (160, 240, 3)
    assert sheet[:80, :80].std() > 20
    assert (sheet[80:, 160:] == 0).all()


def test_boxes_are_drawn_in_colour(tmp_path: Path) -> None:
    write_contact_sheet([simulate(0, 96, "Lung Opacity")], tmp_path / "sheet.png", columns=1, tile=96)
    sheet = cv2.imread(str(tmp_path / "sheet.png"))
    assert sheet is not None
    assert ((sheet[..., 2] == 255) & (sheet[..., 0] == 0) & (sheet[..., 1] == 190)).sum() > 20


def test_an_empty_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one"):
        write_contact_sheet([], tmp_path / "sheet.png")
