"""Tests of the progress bar of a fit."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from model_training import fit, run_progress
from model_training.fit import FitRequest
from model_training.run_progress import RunProgress
from tests.model_training.small import small_dataset, small_recipe


def test_the_bar_counts_every_step_and_names_the_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100)

    def on_screen(steps: int) -> RunProgress:
        return run_progress.RunProgress(steps, console)

    monkeypatch.setattr(fit, "RunProgress", on_screen)
    asked = FitRequest(
        small_recipe(samples=96),
        small_dataset(tmp_path / "data"),
        tmp_path / "run",
        accelerator="cpu",
        with_progress_bar=True,
    )
    fit.run(asked, lambda _line: None)
    assert "12/12" in screen.getvalue()
    assert "loss " in screen.getvalue()
