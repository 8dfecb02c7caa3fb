"""Tests of fitting by several processes: killed and resumed, two of them learn what one does, and measure the same."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from model_training import fit, recipe, round_tables
from model_training.averaging import AveragingRules
from model_training.dataset import open_folders
from model_training.fit import FitRequest
from model_training.learner import PARTS
from model_training.recipe import Recipe
from model_training.run_folder import CHECKPOINT, METRICS, THRESHOLDS, FitError, read_checkpoints
from tests.model_training.recipe_file import write_recipe
from tests.model_training.small import small_dataset, small_recipe, write_dataset


def comparable_recipe() -> Recipe:
    """Return a recipe under which the number of processes should not matter.

    Running statistics of batch normalisation stay fixed and nothing is dropped: each process would have its own.
    """
    asked = small_recipe(samples=96, kind="plateau")
    assert asked.network is not None
    return dataclasses.replace(
        asked,
        network=dataclasses.replace(asked.network, dropout=0.0),
        start=dataclasses.replace(asked.start, freeze_batch_norm=True),
        schedule=dataclasses.replace(asked.schedule, validate_every=1, keep=2, patience=4),
        averaging=AveragingRules(decay=0.9, warm_up=2),
        batch=dataclasses.replace(asked.batch, precision="fp32", batch_norm_samples=0),
    )


def test_two_processes_that_were_killed_learn_and_measure_what_one_does(tmp_path: Path) -> None:
    asked = comparable_recipe()
    assert asked.loss.normalisation == "batch"  # positives are counted over both
    data = write_dataset(tmp_path / "data", count=42)  # the fold does not come out even in batches
    fit.run(FitRequest(asked, open_folders([data]), tmp_path / "one", fold=1, accelerator="cpu"), lambda _line: None)
    command = [sys.executable, "-m", "model_training", "fit", "--fold", "1", "--dataset", str(data)]
    command += ["--recipe", str(write_recipe(tmp_path / "asked.toml", asked)), "--out", str(tmp_path / "two")]
    command += ["--accelerator", "cpu", "--devices", "2", "--strategy", "ddp"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True)
    while not (tmp_path / "two" / CHECKPOINT).is_file() and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    done = subprocess.run(command, env=environment, check=True, stderr=subprocess.PIPE, text=True)
    assert done.stderr.count("member in ") == 1  # one process speaks

    one, two = tmp_path / "one", tmp_path / "two"
    weights = [torch.load(run / CHECKPOINT, weights_only=True)["state_dict"] for run in (one, two)]
    assert weights[0].keys() == weights[1].keys()
    for name, value in weights[0].items():
        torch.testing.assert_close(weights[1][name], value, rtol=1e-3, atol=1e-4, msg=name)
    for column in (*PARTS, *(f"validation_{part}" for part in PARTS), "learning_rate"):
        np.testing.assert_allclose(_column(two, column), _column(one, column), atol=2e-4, err_msg=column)
    first, second = (round_tables.read(run / THRESHOLDS) for run in (one, two))
    assert len(first) == 3
    assert first == second
    assert [member.samples for member in read_checkpoints(two)] == [64, 96]


def _column(run: Path, name: str) -> list[float]:
    return [float(row[name]) for row in round_tables.read(run / METRICS)]


def test_processes_that_cannot_share_a_step_evenly_are_refused(tmp_path: Path) -> None:
    asked = FitRequest(
        small_recipe(),
        small_dataset(tmp_path / "data"),
        tmp_path / "run",
        accelerator="cpu",
        devices="3",
        strategy="ddp",
    )
    with pytest.raises(FitError, match="3 processes cannot share steps of 8 images evenly"):
        fit.run(asked, lambda _line: None)
    assert not (tmp_path / "run").exists()


def test_devices_that_are_not_there_are_a_sentence(tmp_path: Path) -> None:
    asked = FitRequest(recipe.read("demo"), small_dataset(tmp_path / "data"), tmp_path / "run", accelerator="warp")
    with pytest.raises(FitError, match="prepared at 128 pixels"):
        fit.run(asked, lambda _line: None)
    with pytest.raises(FitError, match="Lightning cannot run on these devices"):
        fit.run(dataclasses.replace(asked, recipe=small_recipe()), lambda _line: None)
