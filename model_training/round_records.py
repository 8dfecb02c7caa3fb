"""What a fit writes at the end of each round: rows of its tables, its curves, kept weights and the checkpoint."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
from lightning.pytorch import callbacks

from model_training import held_out_metric, round_tables, run_curves
from model_training.finished_network import finished_network
from model_training.learner import PARTS, Learner
from model_training.recipe import Recipe
from model_training.round_tables import COLUMNS, THRESHOLD_COLUMNS
from model_training.run_folder import THRESHOLDS, WEIGHTS, kept_name, write_weights
from model_training.score_thresholds import SCORE_GRID


class Metrics(lightning.Callback):
    """Writes losses and metric of each round; a resumed fit drops the rows after its checkpoint."""

    def __init__(self, path: Path, steps: int, per_round: int, report: Callable[[str], None]) -> None:
        """Set up.

        Args:
            path: of the table; the thresholds' table and the curves lie beside it.
            steps: optimiser steps of the whole run.
            per_round: steps between two checkpoints.
            report: told one line per round.
        """
        self._path, self._steps, self._per_round, self._report = path, steps, per_round, report
        self._began = 0.0
        self._spent = 0.0
        self._waited = 0.0
        self._first_step = 0

    def on_train_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Keep the rows up to the step that the fit goes on from."""
        del pl_module
        if not trainer.is_global_zero:
            return
        rows = round_tables.begin(self._path, COLUMNS, trainer.global_step)
        self._spent = float(rows[-1]["seconds"]) if rows else 0.0
        if (thresholds := self._path.with_name(THRESHOLDS)).is_file():
            round_tables.begin(thresholds, THRESHOLD_COLUMNS, trainer.global_step)

    def on_train_epoch_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Begin a round."""
        assert isinstance(pl_module, Learner)
        pl_module.begin_round()
        self._began, self._first_step = time.monotonic(), trainer.global_step
        self._waited = pl_module.data.waiting.seconds

    def on_train_epoch_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Write the rows of the round and draw the curves."""
        assert isinstance(pl_module, Learner)
        seconds = time.monotonic() - self._began
        self._spent += seconds
        done = trainer.global_step - self._first_step
        means = (pl_module.end_round() / max(1, done)).tolist()
        if not trainer.is_global_zero:
            return
        row: dict[str, object] = {
            "round": -(-trainer.global_step // self._per_round),
            "step": trainer.global_step,
            "samples": trainer.global_step * pl_module.recipe.batch.size,
        }
        self._write_thresholds(pl_module, row)
        row |= {
            "seconds": round(self._spent, 1),
            "data_share": f"{(pl_module.data.waiting.seconds - self._waited) / max(seconds, 1e-9):.4f}",
            "learning_rate": f"{trainer.optimizers[0].param_groups[0]['lr']:.3g}",
            **{part: f"{value:.5f}" for part, value in zip(PARTS, means, strict=True)},
            **_validation(pl_module),
        }
        round_tables.append(self._path, COLUMNS, row)
        if pl_module.validation_precision is not None or trainer.global_step == self._steps:
            run_curves.draw(self._path.parent)
        speed = 1000 * seconds / max(1, done * pl_module.recipe.batch.size)
        parts = ", ".join(f"{part} {value:.3f}" for part, value in zip(PARTS, means, strict=True))
        self._report(f"step {trainer.global_step} of {self._steps}: {parts}{_told(row)}; {speed:.1f} ms per sample")

    def _write_thresholds(self, learner: Learner, row: dict[str, object]) -> None:
        if learner.validation_precision is None:
            return
        path = self._path.with_name(THRESHOLDS)
        if not path.is_file():
            round_tables.begin(path, THRESHOLD_COLUMNS, 0)
        means = zip(SCORE_GRID, learner.validation_precision.tolist(), strict=True)
        round_tables.append(path, THRESHOLD_COLUMNS, row | {f"{score:g}": f"{mean:.5f}" for score, mean in means})


def _validation(learner: Learner) -> dict[str, object]:
    """Return what the row of a round says of its validation, nothing where there was none."""
    if learner.validation_precision is None:
        return {}
    means = (learner.validation_sums / learner.validation_batches).tolist()
    precision, score = held_out_metric.best(learner.validation_precision)
    return {
        **{f"validation_{part}": f"{value:.5f}" for part, value in zip(PARTS, means, strict=True)},
        round_tables.METRIC: f"{precision:.5f}",
        round_tables.METRIC_SCORE: f"{score:g}",
    }


def _told(row: dict[str, object]) -> str:
    if round_tables.METRIC not in row:
        return ""
    return f"; held out: mean precision {row[round_tables.METRIC]} at score {row[round_tables.METRIC_SCORE]}"


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
