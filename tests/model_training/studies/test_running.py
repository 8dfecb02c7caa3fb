"""Tests of running rows: what is done is not done again, several at once give what one at a time gives."""

import dataclasses
from pathlib import Path

import pytest

from model_training.run_folder import FitError
from model_training.studies.measuring import open_data
from model_training.studies.row import Detector, Row, StudyData
from model_training.studies.running import run_rows
from tests.bundle_factory import TINY
from tests.model_training.small import small_recipe, write_dataset


def silent(_line: str) -> None:
    """Hear a report: children of other processes need a function of a module."""


def rows() -> list[Row]:
    recipe = small_recipe(samples=16)
    peers = dataclasses.replace(recipe, network=dataclasses.replace(TINY, pyramid_width=32))
    return [Row("own", "own", recipe), Row("peer", "peer", peers, detector=Detector.TORCHVISION)]


def data(folder: Path, out: str) -> StudyData:
    return StudyData(folder / out, (folder / "train",), (folder / "tuning",), (("test", folder / "test"),), "cpu")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed, (name, count) in enumerate((("train", 16), ("tuning", 8), ("test", 8))):
        write_dataset(tmp_path / name, count=count, seed=seed)
    return tmp_path


def test_rows_are_measured_once_and_alike_in_children(folder: Path) -> None:
    alone = run_rows(data(folder, "alone"), rows(), 1, silent)
    assert list(alone) == ["own", "peer"]
    files = sorted((folder / "alone").rglob("*"))
    times = [file.stat().st_mtime_ns for file in files if file.is_file()]
    assert run_rows(data(folder, "alone"), rows(), 1, silent) == alone
    assert [file.stat().st_mtime_ns for file in files if file.is_file()] == times
    together = run_rows(data(folder, "together"), rows(), 2, silent)
    for name, row in together.items():
        assert row.figures == alone[name].figures
        assert row.score == alone[name].score


def test_without_other_sets_the_held_out_fold_tunes_and_tests(folder: Path) -> None:
    opened = open_data(StudyData(folder / "out", (folder / "train",)), 0)
    assert len(opened.tuning) + len(opened.tests["held-out"]) == 4
    with pytest.raises(FitError, match="--tuning"):
        open_data(StudyData(folder / "out", (folder / "train",)), None)
