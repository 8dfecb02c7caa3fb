"""``cxr-train phantom --background`` as a user calls it."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from model_training.commands import main
from tests.model_training.phantom.clear_chests import write_clear_chest


@pytest.fixture
def normals(tmp_path: Path) -> Path:
    folder = tmp_path / "normals"
    folder.mkdir()
    write_clear_chest(folder / "00000002_000.png", 6)
    cv2.imwrite(str(folder / "blank.png"), np.full((128, 128), 90, np.uint8))
    return folder


def phantom(*words: object) -> int:
    return main(["phantom", *(str(word) for word in words), "--count", "2", "--side", "128", "--workers", "1"])


def test_backgrounds_are_counted_and_those_left_out_named(
    normals: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert phantom(tmp_path / "out", "--background", normals, "--opacity-share", 1) == 0
    said = capsys.readouterr().err
    assert "left out: blank.png: it has hardly any contrast" in said
    assert f"1 of 2 images below {normals} serve as backgrounds, 1 left out" in said
    assert {path.name for path in (tmp_path / "out" / "images").iterdir()} == {
        "background-phantom-00001.dcm",
        "background-phantom-00002.dcm",
    }


def test_a_domain_and_backgrounds_exclude_each_other(
    normals: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert phantom(tmp_path / "out", "--background", normals, "--domain", "varied") == 2
    assert "either --domain or --background" in " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert phantom(normals / "out", "--background", normals) == 2
    assert not (normals / "out").exists()


def test_test_persons_are_refused_in_one_sentence(
    normals: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.txt").write_text("2\n", encoding="utf-8")
    assert phantom(tmp_path / "out", "--background", normals, "--test-persons", tmp_path / "list.txt") == 1
    said = capsys.readouterr().err
    assert "nih-00000002" in said
    assert "Take them out of the folder." in said
    assert not (tmp_path / "out").exists()
