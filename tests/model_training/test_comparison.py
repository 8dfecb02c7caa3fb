"""Tests of bundles side by side."""

import csv
import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from cxr_viewer.detection import bundle as bundles
from model_training import comparison, comparison_report
from model_training.comparison import Comparison, ComparisonError, Entrant
from model_training.dataset import Dataset
from model_training.dataset_detections import Found
from tests.bundle_factory import tiny_bundle
from tests.model_training.small import small_dataset

NOTHING = np.zeros((0, 4), dtype=np.float32)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return small_dataset(tmp_path_factory.mktemp("data") / "test", count=40)


def entrant(name: str, data: Dataset, missed: int) -> Entrant:
    """Return a detector that finds every opacity but those of every ``missed``-th positive image, and nothing else."""
    shown = [
        example.boxes if not (len(example.boxes) and missed and number // 2 % missed == 0) else NOTHING
        for number, example in enumerate(data.examples)
    ]
    found = Found(
        boxes=tuple(shown),
        scores=tuple(np.full(len(own), 0.8, dtype=np.float32) for own in shown),
        truths=tuple(example.boxes for example in data.examples),
        persons=np.arange(len(data)),
        opacity_probability=None,
        is_positive=np.array([len(example.boxes) > 0 for example in data.examples]),
    )
    return Entrant(name, name, 0.5, found)


@pytest.fixture(scope="module")
def compared(data: Dataset) -> Comparison:
    entrants = [entrant("old", data, 2), entrant("better", data, 0), entrant("same", data, 2)]
    return comparison.compare(entrants, data)


def test_every_bundle_has_figures_and_a_paired_difference_from_the_first(compared: Comparison, data: Dataset) -> None:
    lines = {(line.cell.row, line.cell.name): line for line in compared.lines}
    metric = lines["all images", "mean_precision"]
    assert [value.value for value in metric.values] == [0.5, 1, 0.5]
    assert metric.differences[0] is None
    assert metric.differences[1] is not None
    assert metric.differences[1].value == 0.5
    assert metric.differences[1].low > 0.2
    assert metric.differences[2] is not None
    assert (metric.differences[2].low, metric.differences[2].high) == (0, 0)
    flagged = lines["Lung Opacity", "images with a box"]
    assert [value.value for value in flagged.values] == [0.5, 1, 0.5]
    assert lines["Normal", "false boxes per image"].values[0].value == 0
    assert sum(line.cell.count for line in compared.lines if line.cell.table == "size of opacity") == 20


def test_the_better_one_is_recommended_and_the_same_one_is_not(compared: Comparison) -> None:
    better, same = compared.verdicts
    assert better.is_better
    assert not same.is_better
    assert not same.is_worse
    report = comparison_report.text(compared)
    assert report.endswith(f"{better.sentence}\n{same.sentence}")
    assert "Lung Opacity (20), images with a box" in report


def test_a_worse_bundle_is_not_recommended(data: Dataset) -> None:
    said = comparison.judge(entrant("old", data, 0), entrant("new", data, 2), data.name)
    assert said.is_worse
    assert said.sentence.startswith("not recommended: new is worse than old on test: mean precision -0.500")


def test_text_json_table_and_curves_are_written(compared: Comparison, tmp_path: Path) -> None:
    comparison_report.write(tmp_path, compared)
    names = ["comparison.csv", "comparison.json", "comparison.txt", "froc.csv", "froc.png"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    content = json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8"))
    assert [own["name"] for own in content["bundles"]] == ["old", "better", "same"]
    assert [own["is_better"] for own in content["verdicts"]] == [True, False]
    with (tmp_path / "comparison.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 3 * len(compared.lines) == len(content["figures"])
    metric = next(row for row in rows if row["figure"] == "mean_precision" and row["bundle"] == "better")
    assert (metric["value"], metric["difference"]) == ("1.0", "0.5")


def test_bundles_of_one_name_are_told_apart_and_training_data_are_refused(data: Dataset, tmp_path: Path) -> None:
    few = small_dataset(tmp_path / "few", count=2)
    written = tiny_bundle(tmp_path / "a", members=1)
    first, second = comparison.enter([written.folder, written.folder], few)
    assert (first.name, second.name) == ("tiny 0 [1]", "tiny 0 [2]")
    np.testing.assert_array_equal(first.found.top_scores, second.found.top_scores)
    trained = dataclasses.replace(written, training_data_digest=few.digest)
    listed = json.loads((written.folder / bundles.BUNDLE_FILE).read_text(encoding="utf-8"))["files"]
    bundles.write(trained, {name: written.folder / name for name in listed})
    with pytest.raises(ComparisonError, match="tiny 0 was trained on few"):
        comparison.enter([written.folder], few)
    together = dataclasses.replace(data, part_digests=(few.digest, data.digest))
    with pytest.raises(ComparisonError, match="was trained on test"):
        comparison.enter([written.folder], together)
