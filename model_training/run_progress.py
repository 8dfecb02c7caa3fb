"""A progress bar over a whole run, on a terminal: steps, time left, and the loss of the round so far."""

import lightning.pytorch as lightning
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from model_training.learner import Learner

_EVERY = 10
"""Steps between two looks at the loss: each one waits for the device."""


class RunProgress(lightning.Callback):
    """Shows a bar on stderr; lines that are said meanwhile appear above it."""

    def __init__(self, steps: int, console: Console | None = None) -> None:
        """Set up for a run of so many steps; the console is stderr's unless another is given."""
        self._bar = Progress(
            TextColumn("step"),
            MofNCompleteColumn(),
            BarColumn(),
            TextColumn("{task.fields[loss]}"),
            TimeRemainingColumn(compact=True),
            console=console or Console(stderr=True),
        )
        self._steps = steps
        self._task: TaskID | None = None
        self._first_step = 0

    def on_train_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Begin where the run stands."""
        del pl_module
        if trainer.is_global_zero:
            self._task = self._bar.add_task("", total=self._steps, completed=trainer.global_step, loss="")
            self._bar.start()

    def on_train_epoch_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Remember where the round begins."""
        del pl_module
        self._first_step = trainer.global_step

    def on_train_batch_end(
        self,
        trainer: lightning.Trainer,
        pl_module: lightning.LightningModule,
        outputs: object,
        batch: object,
        batch_idx: int,
    ) -> None:
        """Go one step on."""
        del outputs, batch, batch_idx
        if self._task is None:
            return
        assert isinstance(pl_module, Learner)
        done = trainer.global_step - self._first_step
        if done % _EVERY == 1:
            self._bar.update(self._task, loss=f"loss {float(pl_module.sums[0]) / done:.3f}")
        self._bar.update(self._task, completed=trainer.global_step)

    def teardown(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, stage: str) -> None:
        """Leave the terminal as it was, whatever ended the run."""
        del trainer, pl_module, stage
        self._bar.stop()

    def on_exception(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, exception: BaseException
    ) -> None:
        """Leave the terminal as it was, before the error is told."""
        del trainer, pl_module, exception
        self._bar.stop()
