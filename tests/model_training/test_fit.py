"""Tests of fitting: it learns, it goes on after a kill as if nothing had happened, it refuses what does not fit."""

import csv
import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from cxr_viewer.core.whole_folder import FolderInUseError
from model_training import fit, recipe, round_tables, run_folder, test_persons
from model_training.averaging import AveragingRules
from model_training.dataset import open_folders
from model_training.fit import FitRequest
from model_training.recipe import Recipe
from model_training.run_folder import FitError
from model_training.score_thresholds import SCORE_GRID
from model_training.test_persons import PersonListError
from tests.model_training.recipe_file import write_recipe
from tests.model_training.small import small_dataset, small_recipe, write_dataset


def request(tmp_path: Path, asked: Recipe, name: str = "run", seed: int = 1) -> FitRequest:
    folder = tmp_path / "data"
    dataset = open_folders([folder]) if folder.exists() else small_dataset(folder)
    return FitRequest(asked, dataset, tmp_path / name, fold=0, seed=seed, accelerator="cpu", devices="1")


def ignore(_line: str) -> None:
    pass


class Stopped(Exception):
    """Stands for a kill."""


class StopAfter:
    """A listener that stops the fit in the middle of a round, after some rounds were checkpointed."""

    def __init__(self, rounds: int) -> None:
        self.left = rounds

    def __call__(self, line: str) -> None:
        if not line.startswith("step"):
            return
        if self.left == 0:
            raise Stopped
        self.left -= 1


def test_losses_fall_and_the_table_tells(tmp_path: Path) -> None:
    weights = fit.run(request(tmp_path, small_recipe(samples=640)), ignore)
    assert weights.is_file()
    with (tmp_path / "run" / "metrics.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [int(row["step"]) for row in rows] == list(range(4, 81, 4))
    assert float(rows[-1]["total"]) < 0.6 * float(rows[0]["total"])
    assert float(rows[-1]["classification"]) < 0.6 * float(rows[0]["classification"])


@pytest.mark.parametrize("kind", ["one-cycle", "plateau", "constant"])
def test_a_stopped_fit_goes_on_to_the_same_weights(tmp_path: Path, kind: str) -> None:
    asked = small_recipe(samples=96 + 8, kind=kind)  # three rounds and a short one
    if kind == "plateau":
        asked = dataclasses.replace(asked, schedule=dataclasses.replace(asked.schedule, validate_every=1, factor=0.5))
    whole = load_file(fit.run(request(tmp_path, asked, "whole"), ignore))
    with pytest.raises(Stopped):
        fit.run(request(tmp_path, asked, "stopped"), StopAfter(2))
    assert not (tmp_path / "stopped" / "member.safetensors").exists()
    resumed = load_file(fit.run(request(tmp_path, asked, "stopped"), ignore))
    assert whole.keys() == resumed.keys()
    for name, value in whole.items():
        assert torch.equal(value, resumed[name]), name
    tables = [
        (tmp_path / name / "metrics.csv").read_text(encoding="utf-8").splitlines() for name in ("whole", "stopped")
    ]
    without_time = [
        [",".join(p for i, p in enumerate(line.split(",")) if i not in (3, 4)) for line in table] for table in tables
    ]
    assert without_time[0] == without_time[1]


def averaging_recipe(samples: int, keep: int) -> Recipe:
    """Return a recipe that averages weights and keeps those of several rounds."""
    asked = small_recipe(samples)
    return dataclasses.replace(
        asked,
        schedule=dataclasses.replace(asked.schedule, keep=keep),
        averaging=AveragingRules(decay=0.9, warm_up=2),
    )


def test_a_stopped_fit_with_averages_and_kept_weights_goes_on_to_the_same(tmp_path: Path) -> None:
    asked = averaging_recipe(samples=128 + 8, keep=4)
    fit.run(request(tmp_path, asked, "whole"), ignore)
    with pytest.raises(Stopped):
        fit.run(request(tmp_path, asked, "stopped"), StopAfter(2))
    fit.run(request(tmp_path, asked, "stopped"), ignore)
    whole, stopped = (run_folder.read_checkpoints(tmp_path / name) for name in ("whole", "stopped"))
    assert [member.samples for member in whole] == [member.samples for member in stopped] == [64, 96, 128, 136]
    assert [member.weights.name for member in whole] == [
        "round-00002.safetensors",
        "round-00003.safetensors",
        "round-00004.safetensors",
        "member.safetensors",
    ]
    for one, other in zip(whole, stopped, strict=True):
        state, again = load_file(one.weights), load_file(other.weights)
        assert all(torch.equal(state[name], again[name]) for name in state), one.weights.name
    assert whole[-1] == run_folder.read_member(tmp_path / "whole")


def test_the_member_of_an_averaging_run_is_the_average(tmp_path: Path) -> None:
    asked = averaging_recipe(samples=64, keep=1)
    averaged = load_file(fit.run(request(tmp_path, asked, "averaged"), ignore))
    plain = load_file(
        fit.run(request(tmp_path, dataclasses.replace(asked, averaging=AveragingRules()), "plain"), ignore)
    )
    checkpoint = torch.load(tmp_path / "averaged" / "last.ckpt", weights_only=True)["state_dict"]
    name = "class_head.output.weight"
    assert torch.equal(averaged[name], checkpoint[f"averaged.module.{name}"].half())
    assert torch.equal(plain[name], checkpoint[f"network.{name}"].half())  # what learns does not know of the average
    assert not torch.equal(averaged[name], plain[name])
    assert checkpoint[f"averaged.module.{name}"].dtype == torch.float32


def test_kept_weights_that_are_gone_are_named_and_a_run_that_kept_none_has_its_member(tmp_path: Path) -> None:
    fit.run(request(tmp_path, averaging_recipe(samples=64, keep=2)), ignore)
    (tmp_path / "run" / "checkpoints" / "round-00001.safetensors").unlink()
    with pytest.raises(FitError, match=r"round-00001.safetensors is gone"):
        run_folder.read_checkpoints(tmp_path / "run")
    path = tmp_path / "run" / "member.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    del record["checkpoints"]  # an older program's
    path.write_text(json.dumps(record), encoding="utf-8")
    assert run_folder.read_checkpoints(tmp_path / "run") == (run_folder.read_member(tmp_path / "run"),)


def validating_recipe(samples: int) -> Recipe:
    asked = small_recipe(samples)
    return dataclasses.replace(asked, schedule=dataclasses.replace(asked.schedule, validate_every=2))


def test_a_validating_fit_tells_the_metric_and_draws_it_also_after_a_stop(tmp_path: Path) -> None:
    asked = validating_recipe(samples=160)
    fit.run(request(tmp_path, asked, "whole"), ignore)
    with pytest.raises(Stopped):
        fit.run(request(tmp_path, asked, "stopped"), StopAfter(3))
    fit.run(request(tmp_path, asked, "stopped"), ignore)
    thresholds = [round_tables.read(tmp_path / name / "thresholds.csv") for name in ("whole", "stopped")]
    assert thresholds[0] == thresholds[1]
    assert [int(row["round"]) for row in thresholds[0]] == [2, 4]
    rows = round_tables.read(tmp_path / "whole" / "metrics.csv")
    assert [bool(row["validation_mean_precision"]) for row in rows] == [False, True, False, True, False]
    for row, means in zip(rows[1::2], thresholds[0], strict=True):
        best = max(float(means[f"{score:g}"]) for score in SCORE_GRID)
        assert float(row["validation_mean_precision"]) == best == float(means[row["validation_best_score"]])
        assert 0 <= float(row["data_share"]) <= 1
    assert all(not row["validation_total"] for row in rows[::2])
    assert (tmp_path / "whole" / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_a_compiled_fit_has_the_checkpoints_of_any_other(tmp_path: Path) -> None:
    asked = averaging_recipe(samples=64, keep=1)
    compiled = dataclasses.replace(asked, batch=dataclasses.replace(asked.batch, compile=True))
    told: list[str] = []
    fit.run(dataclasses.replace(request(tmp_path, compiled, "compiled"), compiler="aot_eager"), told.append)
    fit.run(request(tmp_path, asked, "plain"), ignore)
    states = [torch.load(tmp_path / name / "last.ckpt", weights_only=True) for name in ("compiled", "plain")]
    assert states[0]["state_dict"].keys() == states[1]["state_dict"].keys()
    assert not any("not compiled" in line.lower() for line in told)
    rows = [round_tables.read(tmp_path / name / "metrics.csv") for name in ("compiled", "plain")]
    assert float(rows[0][0]["total"]) == pytest.approx(float(rows[1][0]["total"]), rel=0.02)


def test_consensus_reads_are_neither_learned_nor_held_out(tmp_path: Path) -> None:
    dataset = small_dataset(tmp_path / "data", count=16)
    marked = dataclasses.replace(
        dataset,
        examples=tuple(
            dataclasses.replace(example, is_consensus=number % 4 == 0)
            for number, example in enumerate(dataset.examples)
        ),
    )
    usable = [number for number in range(16) if number % 4]
    assert fit.split(marked, None, 4, 42) == (usable, [])
    parts = [fit.split(marked, fold, 4, 42) for fold in range(4)]
    assert sorted(index for _, held_out in parts for index in held_out) == usable
    assert all(sorted([*learned, *held_out]) == usable for learned, held_out in parts)
    only = dataclasses.replace(
        dataset, examples=tuple(dataclasses.replace(example, is_consensus=True) for example in dataset.examples)
    )
    with pytest.raises(FitError, match="holds nothing to learn from: consensus reads"):
        fit.split(only, None, 4, 42)


def test_a_dataset_for_testing_and_persons_on_a_list_are_refused(tmp_path: Path) -> None:
    asked = request(tmp_path, small_recipe(samples=16))
    with pytest.raises(PersonListError, match="was imported for testing; nothing is learned from it"):
        fit.run(dataclasses.replace(asked, dataset=dataclasses.replace(asked.dataset, for_testing=True)), ignore)
    path = tmp_path / "test-persons.txt"
    path.write_text("data-3\n", encoding="utf-8")
    with pytest.raises(PersonListError, match=r"1 of 32 images are of persons for testing only.*data-3"):
        fit.run(dataclasses.replace(asked, test_persons=test_persons.read(path)), ignore)
    assert not asked.out.exists()


def test_a_killed_process_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    data = write_dataset(tmp_path / "data")
    asked = write_recipe(tmp_path / "small.toml", small_recipe(samples=320))
    command = [
        sys.executable,
        "-m",
        "model_training",
        "fit",
        "--recipe",
        str(asked),
        "--dataset",
        str(data),
        "--fold",
        "1",
    ]
    command += ["--accelerator", "cpu", "--devices", "1", "--out"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([*command, str(tmp_path / "killed")], env=environment, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not (tmp_path / "killed" / "last.ckpt").is_file() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    for name in ("killed", "whole"):
        subprocess.run([*command, str(tmp_path / name)], env=environment, check=True, stderr=subprocess.DEVNULL)
    killed, whole = (load_file(tmp_path / name / "member.safetensors") for name in ("killed", "whole"))
    assert all(torch.equal(killed[name], whole[name]) for name in whole)


def test_an_interrupted_process_says_how_to_go_on_and_exits_130(tmp_path: Path) -> None:
    data = write_dataset(tmp_path / "data")
    asked = write_recipe(tmp_path / "small.toml", small_recipe(samples=80_000))
    command = [sys.executable, "-m", "model_training", "fit", "--recipe", str(asked), "--dataset", str(data)]
    command += ["--accelerator", "cpu", "--devices", "1", "--out", str(tmp_path / "run")]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not (tmp_path / "run" / "last.ckpt").is_file() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.rstrip().endswith("Interrupted; the same command goes on where it stopped.")
    assert "Traceback" not in told


def test_the_plateau_lowers_the_learning_rate_when_validation_stands_still(tmp_path: Path) -> None:
    asked = small_recipe(samples=160, kind="plateau")
    asked = dataclasses.replace(
        asked,
        schedule=dataclasses.replace(asked.schedule, validate_every=1, factor=0.5),
        optimizer=dataclasses.replace(asked.optimizer, learning_rate=1e-12),  # nothing is learned
    )
    fit.run(request(tmp_path, asked), ignore)
    with (tmp_path / "run" / "metrics.csv").open(encoding="utf-8") as stream:
        rates = [float(row["learning_rate"]) for row in csv.DictReader(stream)]
    assert rates[-1] < rates[0]


def test_a_warm_up_of_one_step_is_none(tmp_path: Path) -> None:
    asked = small_recipe(samples=80)
    asked = dataclasses.replace(asked, schedule=dataclasses.replace(asked.schedule, warm_up=0.1))
    assert asked.steps == 10
    assert fit.run(request(tmp_path, asked), ignore).is_file()


def test_another_seed_gives_other_weights_and_the_same_one_the_same(tmp_path: Path) -> None:
    asked = small_recipe(samples=32)
    first, again, other = (
        load_file(fit.run(request(tmp_path, asked, name, seed), ignore))
        for name, seed in (("first", 1), ("again", 1), ("other", 2))
    )
    name = "class_head.output.weight"
    assert torch.equal(first[name], again[name])
    assert not torch.equal(first[name], other[name])


def test_a_fit_opens_no_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert fit.run(request(tmp_path, small_recipe(samples=16)), ignore).is_file()


def test_a_finished_run_is_left_alone_and_read_back(tmp_path: Path) -> None:
    asked = request(tmp_path, small_recipe(samples=32))
    weights = fit.run(asked, ignore)
    before = weights.stat().st_mtime_ns
    fit.run(asked, ignore)
    assert weights.stat().st_mtime_ns == before
    member = run_folder.read_member(tmp_path / "run")
    assert member.spec == asked.recipe.network
    assert member.record["fold"] == 0
    assert member.record["samples"] == 32
    assert member.network()(torch.zeros(1, 1, 128, 128)).class_logits.shape[0] == 1


def test_a_run_of_an_older_program_that_knew_fewer_keys_goes_on(tmp_path: Path) -> None:
    asked = request(tmp_path, small_recipe(samples=32))
    fit.run(asked, ignore)
    path = tmp_path / "run" / "run.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    del record["recipe"]["sampling"]["correction_share"]
    path.write_text(json.dumps(record), encoding="utf-8")
    fit.run(asked, ignore)


def test_a_folder_with_another_run_or_anything_else_is_refused(tmp_path: Path) -> None:
    asked = small_recipe(samples=32)
    fit.run(request(tmp_path, asked), ignore)
    with pytest.raises(FolderInUseError, match="holds another run"):
        fit.run(request(tmp_path, asked, seed=2), ignore)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(FolderInUseError, match="is not empty"):
        fit.run(request(tmp_path, asked, "full"), ignore)


def test_a_dataset_of_another_size_a_missing_network_and_a_missing_fold_are_refused(tmp_path: Path) -> None:
    asked = small_recipe(samples=32)
    with pytest.raises(FitError, match="prepared at 128 pixels, the network takes 256"):
        fit.run(request(tmp_path, recipe.read("demo")), ignore)
    with pytest.raises(FitError, match="names no network"):
        fit.run(request(tmp_path, dataclasses.replace(asked, network=None)), ignore)
    with pytest.raises(FitError, match="no fold 7"):
        fit.run(dataclasses.replace(request(tmp_path, asked), fold=7), ignore)
    with pytest.raises(FitError, match="no finished run"):
        run_folder.read_member(tmp_path / "nowhere")
