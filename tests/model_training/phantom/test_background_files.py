"""Folders of backgrounds."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from model_training import test_persons as persons
from model_training.phantom.background_files import BackgroundError, BackgroundFile, find_backgrounds
from model_training.phantom.dicom_writer import write
from model_training.phantom.phantom import simulate
from tests.model_training.phantom.clear_chests import write_clear_chest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "normals"
    (folder / "more").mkdir(parents=True)
    write_clear_chest(folder / "00000002_000.png", 6)
    write_clear_chest(folder / "more" / "00000007_001.png", 7)
    shutil.copy(folder / "00000002_000.png", folder / "zz copy.png")
    cv2.imwrite(str(folder / "blank.png"), np.full((128, 128), 90, np.uint8))
    (folder / "cut.png").write_bytes((folder / "00000002_000.png").read_bytes()[:2000])
    (folder / "notes.txt").write_text("no image", encoding="utf-8")
    return folder


def test_what_cannot_be_used_is_named_with_its_reason(folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    found = find_backgrounds(folder, on_progress=lambda done, total: seen.append((done, total)))
    assert {file.key for file in found.files} == {"00000002_000", "00000007_001"}
    reasons = dict(sentence.split(": ", 1) for sentence in found.left_out)
    assert set(reasons) == {"blank.png", "cut.png", "zz copy.png"}
    assert "contrast" in reasons["blank.png"]
    assert "the same file as 00000002_000.png" in reasons["zz copy.png"]
    assert seen == [(done, 5) for done in range(1, 6)]


def test_names_and_places_do_not_change_what_a_seed_draws(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    shutil.copy(folder / "00000002_000.png", other / "x.png")
    shutil.copy(folder / "more" / "00000007_001.png", other / "a.png")
    here, there = find_backgrounds(folder), find_backgrounds(other, workers=2)
    assert here.digest == there.digest
    drawn = [here.drawn(seed).digest for seed in range(20)]
    assert drawn == [there.drawn(seed).digest for seed in range(20)]
    assert len(set(drawn)) == 2


def test_dicom_files_serve_whatever_their_name(tmp_path: Path) -> None:
    write(simulate(3, 256, kind="Normal"), tmp_path / "IM0001")
    assert [file.key for file in find_backgrounds(tmp_path).files] == ["IM0001"]


def test_test_persons_are_refused_before_anything_is_decoded(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("# for testing\n00000007\n", encoding="utf-8")
    with pytest.raises(BackgroundError, match=r"1 of 5 images .* nih-00000007 \(.*list.txt, line 2\)"):
        find_backgrounds(folder, persons.read(tmp_path / "list.txt"))
    (tmp_path / "list.txt").write_text("8\n", encoding="utf-8")
    assert len(find_backgrounds(folder, persons.read(tmp_path / "list.txt")).files) == 2


def test_a_folder_without_one_background_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BackgroundError, match="Of 0 images"):
        find_backgrounds(tmp_path)
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((128, 128), 90, np.uint8))
    with pytest.raises(BackgroundError, match=r"Of 1 images .* the first: blank.png: it has hardly any contrast"):
        find_backgrounds(tmp_path)


def test_persons_are_known_of_nih_names_only() -> None:
    nih, other = BackgroundFile(Path("a/00001543_004.png")), BackgroundFile(Path("a/IM_004.png"))
    assert (nih.person, nih.nih_image) == ("nih-00001543", "00001543_004.png")
    assert (other.person, other.nih_image) == ("IM_004", "")
