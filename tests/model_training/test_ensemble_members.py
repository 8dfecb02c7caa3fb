"""Tests of which weights make an ensemble."""

import json
from pathlib import Path

import pytest

from model_training.ensemble_members import EnsembleError, last_checkpoints, read_runs
from model_training.run_folder import FitError
from tests.model_training.small import small_dataset, write_run


def test_the_last_checkpoints_of_every_run_are_the_members(tmp_path: Path) -> None:
    data = small_dataset(tmp_path / "data", count=8)
    folders = [write_run(tmp_path / f"run{fold}", data, fold, fold, (32, 64, 96)) for fold in (0, 1)]
    runs = read_runs(folders, checkpoints=2)
    assert [[member.samples for member in run] for run in runs] == [[32, 64, 96], [32, 64, 96]]
    chosen = last_checkpoints(runs, 2)
    assert [(member.folder.name, member.samples) for member in chosen] == [
        ("run0", 64),
        ("run0", 96),
        ("run1", 64),
        ("run1", 96),
    ]


def test_runs_are_compared_by_what_each_saw_in_all_and_checkpoints_may_differ(tmp_path: Path) -> None:
    data = small_dataset(tmp_path / "data", count=8)
    long, short = (
        write_run(tmp_path / "long", data, 0, samples=(48, 96)),
        write_run(tmp_path / "short", data, 1, 2, (48,)),
    )
    assert read_runs([long], 2)
    with pytest.raises(EnsembleError, match=r"different numbers of samples \(48, 96\)"):
        read_runs([long, short])


def test_a_run_that_kept_too_few_checkpoints_is_named(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", small_dataset(tmp_path / "data", count=8), 0, samples=(48, 96))
    with pytest.raises(EnsembleError, match=r"run kept 2 of its checkpoints, not 3"):
        read_runs([run], 3)


def test_runs_of_other_networks_and_unfinished_ones_are_refused(tmp_path: Path) -> None:
    data = small_dataset(tmp_path / "data", count=8)
    run, other = write_run(tmp_path / "run", data, 0), write_run(tmp_path / "other", data, 1)
    record = json.loads((other / "member.json").read_text(encoding="utf-8"))
    record["network"]["pyramid_width"] = 24
    (other / "member.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(EnsembleError, match="different networks"):
        read_runs([run, other])
    with pytest.raises(FitError, match="no finished run"):
        read_runs([tmp_path])
