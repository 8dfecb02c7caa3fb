"""Tests of tuning as a folder, of its file, and of a bundle that takes it."""

import csv
import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cxr_viewer.core.whole_folder import FolderInUseError
from model_training import tuning_file
from model_training.dataset import Dataset
from model_training.ensemble_members import EnsembleError, last_checkpoints, read_runs
from model_training.publish import publish
from model_training.publish_request import PublishError, PublishRequest
from model_training.settings_choice import Choice
from model_training.tuning import TuningRequest, tune
from model_training.tuning_file import TuningError
from tests.model_training.small import small_dataset, write_run


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return small_dataset(tmp_path_factory.mktemp("data") / "train", count=12)


@pytest.fixture(scope="module")
def runs(data: Dataset, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("runs")
    return (
        write_run(folder / "run0", data, 0, 1, (32, 64, 96)),
        write_run(folder / "run1", data, 1, 2, (32, 64, 96)),
    )


@pytest.fixture(scope="module")
def tuned(data: Dataset, runs: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Choice]:
    out = tmp_path_factory.mktemp("tuned") / "out"
    return out, tune(TuningRequest(runs, data, out, checkpoints=2, device="cpu"))


def test_the_folder_holds_file_pictures_and_tables(tuned: tuple[Path, Choice]) -> None:
    out, choice = tuned
    names = ["figure8.csv", "figure8.png", "froc.csv", "froc.png", "tuning.json"]
    assert sorted(path.name for path in out.iterdir()) == names
    with Image.open(out / "figure8.png") as picture:
        assert picture.width > 500
    with (out / "figure8.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["samples"] for row in rows} == {"32", "64", "96", ""}
    ensemble = [float(row["mean_precision"]) for row in rows if row["of"] == "ensemble"]
    np.testing.assert_allclose(ensemble, choice.ensemble, atol=1e-5)


def test_the_file_tells_choice_rule_grid_data_and_members(tuned: tuple[Path, Choice], data: Dataset) -> None:
    out, choice = tuned
    content = json.loads((out / "tuning.json").read_text(encoding="utf-8"))
    assert content["chosen"]["thresholds"]["score"] == choice.thresholds.score
    assert content["dataset"]["digest"] == data.digest
    assert [(own["run"], own["samples"]) for own in content["members"]] == [
        ("run0", 64),
        ("run0", 96),
        ("run1", 64),
        ("run1", 96),
    ]
    assert content["members_per_image"] == 2
    assert [own["coordinate"] for own in content["search"]] == ["overlap", "relative", "extent"]
    assert {"in_sample", "cross_fitted", "cross_fitted_gain_over_defaults"} == set(content["mean_precision"])
    assert content["validation"]["dataset"] == "train (out of fold)"
    assert any("2 of the 4 members" in note for note in content["notes"])
    assert str(out.parent) not in json.dumps(content)
    assert "out of fold" in choice.text()


def test_a_bundle_takes_thresholds_rules_and_curve_of_its_tuning(
    tuned: tuple[Path, Choice], runs: tuple[Path, Path], tmp_path: Path
) -> None:
    out, choice = tuned
    request = PublishRequest(runs, tmp_path / "bundle", "tuned", checkpoints=2, tuned=out / "tuning.json")
    bundle = publish(request)
    assert bundle.thresholds == choice.thresholds
    assert bundle.rules == choice.rules
    assert (bundle.validation.dataset, bundle.validation.images) == ("train (out of fold)", 12)
    assert len(bundle.validation.froc) > 10
    assert [member.fold for member in bundle.members] == [
        f"all but fold {fold} of 2, after {samples} samples" for fold in (0, 1) for samples in (64, 96)
    ]
    card = (bundle.folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "By its tuning, on 12 images of train (out of fold)" in card


def test_a_tuning_file_of_other_runs_or_checkpoints_is_refused(
    tuned: tuple[Path, Choice], runs: tuple[Path, Path], tmp_path: Path
) -> None:
    path = tuned[0] / "tuning.json"
    for folders, checkpoints in ((runs[:1], 2), (runs, 1)):
        with pytest.raises(PublishError, match="made for other runs or another number of checkpoints"):
            publish(PublishRequest(folders, tmp_path / "out", "x", checkpoints=checkpoints, tuned=path))
    assert not (tmp_path / "out").exists()


def test_data_that_chose_are_no_test_data_and_settings_come_from_one_place(
    runs: tuple[Path, Path], tmp_path: Path
) -> None:
    other = small_dataset(tmp_path / "other", count=6, seed=3)
    choice = tune(TuningRequest(runs, other, tmp_path / "tuned", device="cpu"))
    assert choice.per_image == 2
    assert any("no run has seen" in note for note in choice.notes)
    request = PublishRequest(runs, tmp_path / "out", "x", tuned=tmp_path / "tuned" / "tuning.json")
    with pytest.raises(PublishError, match="was tuned on other"):
        publish(dataclasses.replace(request, test=other))
    with pytest.raises(PublishError, match="both fix the score threshold"):
        publish(dataclasses.replace(request, tuning=other))


def test_the_extent_is_chosen_on_one_half_of_the_consensus_reads_and_measured_on_the_other(
    data: Dataset, runs: tuple[Path, Path], tmp_path: Path
) -> None:
    marked = [dataclasses.replace(example, is_consensus=number >= 6) for number, example in enumerate(data.examples)]
    mixed = dataclasses.replace(data, examples=tuple(marked))
    choice = tune(TuningRequest(runs, mixed, tmp_path / "tuned", device="cpu"))
    assert choice.consensus is not None
    assert (choice.consensus.chose, choice.consensus.reports) == (3, 3)
    assert choice.evaluation.images == 6
    assert choice.shipped.dataset == "train (consensus-read, half that chose nothing)"
    assert [own.name for own in choice.steps] == ["overlap", "relative", "extent"]
    content = json.loads((tmp_path / "tuned" / "tuning.json").read_text(encoding="utf-8"))
    assert content["consensus"]["images_that_report"] == 3
    assert content["validation"]["images"] == 3


def test_a_folder_in_use_and_unequal_runs_are_refused(data: Dataset, runs: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(FolderInUseError):
        tune(TuningRequest(runs, data, tmp_path))
    with pytest.raises(EnsembleError, match="kept 3 of its checkpoints, not 4"):
        tune(TuningRequest(runs, data, tmp_path / "out", checkpoints=4))


def test_a_file_that_is_none_of_tunings_is_named(tmp_path: Path) -> None:
    path = tmp_path / "tuning.json"
    with pytest.raises(TuningError, match=r"tuning\.json cannot be read"):
        tuning_file.read(path)
    for text, sentence in (
        ("{}", "no complete tuning file"),
        ("[", "no complete tuning file"),
        ('{"format": "cxr-tuning", "version": 9}', "is of format cxr-tuning 9"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(TuningError, match=sentence):
            tuning_file.read(path)


def test_digests_are_those_of_the_weights(runs: tuple[Path, Path]) -> None:
    members = last_checkpoints(read_runs(runs, 2), 2)
    digests = tuning_file.member_digests(members)
    assert len(set(digests)) == 4
    assert digests == tuning_file.member_digests(members)
