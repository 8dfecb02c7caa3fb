"""Tuning as a folder: candidates of finished runs, the search for settings, ``tuning.json``, pictures and tables."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cxr_viewer.core.whole_folder import check_is_free, written_whole
from model_training import froc_picture, threshold_picture, tuning_file
from model_training.dataset import Dataset
from model_training.ensemble_members import last_checkpoints, read_runs
from model_training.held_out_predictions import plan, predict
from model_training.settings_choice import Choice, choose


@dataclass(frozen=True, slots=True)
class TuningRequest:
    """What is tuned.

    Attributes:
        runs: folders of finished runs.
        dataset: what they were fitted on, or data that none of them has seen.
        out: new folder for the results.
        checkpoints: how many of each run make the ensemble.
        device: for torch: "auto", "cpu" or "cuda".
    """

    runs: tuple[Path, ...]
    dataset: Dataset
    out: Path
    checkpoints: int = 1
    device: str = "auto"


def tune(request: TuningRequest, on_progress: Callable[[int, int], None] | None = None) -> Choice:
    """Search, and write ``tuning.json``, ``figure8`` and ``froc`` (PNG and CSV), whole or not at all.

    Raises:
        EnsembleError: the runs do not make an ensemble, or some learned from these data.
        FitError: a folder holds no finished run.
        DatasetError: the dataset is prepared at another size than the network takes.
        FolderInUseError: ``out`` holds something.
    """
    check_is_free(request.out)
    runs = read_runs(request.runs, request.checkpoints)
    planned = plan(runs, request.dataset)
    predictions = predict(planned, request.dataset, request.checkpoints, request.device, on_progress)
    choice = choose(predictions, planned, last_checkpoints(runs, request.checkpoints), request.dataset.name)
    with written_whole(request.out, last=tuning_file.NAME) as stage:
        _draw(choice, stage)
        tuning_file.write(stage / tuning_file.NAME, choice, request.dataset)
    return choice


def _draw(choice: Choice, stage: Path) -> None:
    name = choice.evaluation.dataset
    curves = {name: choice.evaluation.froc}
    if choice.consensus is not None:
        curves[choice.consensus.evaluation.dataset] = choice.consensus.evaluation.froc
    froc_picture.draw(stage / "froc.png", curves, "FROC at the chosen settings")
    froc_picture.write_table(stage / "froc.csv", curves)
    threshold_picture.draw(stage / "figure8.png", choice.by_samples, choice.ensemble, f"Metric over thresholds, {name}")
    threshold_picture.write_table(stage / "figure8.csv", choice.by_samples, choice.ensemble)
