"""What a fit writes at the end of each round: a line of ``metrics.csv``, kept weights and the checkpoint."""

import csv
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
import torch
from lightning.pytorch import callbacks

from model_training.finished_network import finished_network
from model_training.learner import PARTS, Learner
from model_training.recipe import Recipe
from model_training.run_folder import WEIGHTS, kept_name, write_weights

COLUMNS = ("round", "step", "samples", "seconds", "learning_rate", *PARTS, *(f"validation_{part}" for part in PARTS))


class Metrics(lightning.Callback):
    """Writes the mean losses of each round; a resumed fit drops the rows after its checkpoint."""

    def __init__(self, path: Path, steps: int, per_round: int, report: Callable[[str], None]) -> None:
        """Set up.

        Args:
            path: of the table.
            steps: optimiser steps of the whole run.
            per_round: steps between two checkpoints.
            report: told one line per round.
        """
        self._path, self._steps, self._per_round, self._report = path, steps, per_round, report
        self._began = 0.0
        self._spent = 0.0
        self._first_step = 0

    def on_train_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Keep the rows up to the step that the fit goes on from."""
        del pl_module
        rows = []
        if self._path.is_file():
            with self._path.open(newline="", encoding="utf-8") as stream:
                rows = [row for row in csv.DictReader(stream) if int(row["step"]) <= trainer.global_step]
        with self._path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
        self._spent = float(rows[-1]["seconds"]) if rows else 0.0

    def on_train_epoch_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Begin a round."""
        assert isinstance(pl_module, Learner)
        pl_module.sums = torch.zeros(len(PARTS))
        self._began, self._first_step = time.monotonic(), trainer.global_step

    def on_train_epoch_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Write the row of the round."""
        assert isinstance(pl_module, Learner)
        self._spent += time.monotonic() - self._began
        done = trainer.global_step - self._first_step
        means = (pl_module.sums / max(1, done)).tolist()
        checks = pl_module.validation_batches
        validation = (pl_module.validation_sums / checks).tolist() if checks else [None] * len(PARTS)
        size = pl_module.recipe.batch.size
        rate = trainer.optimizers[0].param_groups[0]["lr"]
        number = -(-trainer.global_step // self._per_round)
        row = [number, trainer.global_step, trainer.global_step * size, round(self._spent, 1), f"{rate:.3g}"]
        row += [f"{value:.5f}" for value in means] + ["" if v is None else f"{v:.5f}" for v in validation]
        with self._path.open("a", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerow(row)
        speed = 1000 * (time.monotonic() - self._began) / max(1, done * size)
        parts = ", ".join(f"{part} {value:.3f}" for part, value in zip(PARTS, means, strict=True))
        self._report(f"step {trainer.global_step} of {self._steps}: {parts}; {speed:.1f} ms per sample")


class KeptWeights(lightning.Callback):
    """Keeps the weights of the last rounds as members; those of the very last one are the run's own."""

    def __init__(self, out: Path, recipe: Recipe) -> None:
        self._out, self._recipe = out, recipe

    def on_train_epoch_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Write the weights where this round is kept."""
        assert isinstance(pl_module, Learner)
        number = -(-trainer.global_step // self._recipe.round_steps)
        if trainer.is_global_zero and number in kept_rounds(self._recipe)[:-1]:
            write_weights(self._out / kept_name(number), finished_network(pl_module))


def kept_rounds(recipe: Recipe) -> range:
    """Return the numbers, from 1, of the rounds whose weights a run keeps."""
    return range(max(1, recipe.rounds - recipe.schedule.keep + 1), recipe.rounds + 1)


def kept_content(recipe: Recipe) -> list[dict[str, Any]]:
    """Return what ``member.json`` says of the kept weights, oldest first."""
    steps = [min(number * recipe.round_steps, recipe.steps) for number in kept_rounds(recipe)]
    return [
        {
            "round": number,
            "step": step,
            "samples": step * recipe.batch.size,
            "weights": WEIGHTS if number == recipe.rounds else kept_name(number),
        }
        for number, step in zip(kept_rounds(recipe), steps, strict=True)
    ]


class Checkpoint(callbacks.Checkpoint):
    """Saves weights, optimiser, schedule and step at the end of each round: written beside, then renamed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def on_train_epoch_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Save."""
        del pl_module
        partial = self._path.with_suffix(".partial")
        trainer.save_checkpoint(partial)
        if trainer.is_global_zero:
            partial.replace(self._path)
