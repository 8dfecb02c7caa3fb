"""Fits and measures one row: the threshold is fixed on the tuning set, the figures are those of the test sets."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_training import fit, prediction, reports
from model_training.dataset import Dataset, open_folders
from model_training.dataset_detections import Found, detect
from model_training.evaluation import evaluate
from model_training.fit import FitRequest
from model_training.folds import FOLD_COUNT
from model_training.run_folder import METRICS, FitError, read_member
from model_training.score_thresholds import best_threshold
from model_training.studies import measured_row
from model_training.studies.dataset_part import halves
from model_training.studies.measured_row import MeasuredRow
from model_training.studies.row import FOLD_SEED, Detector, Row, StudyData

DetectIn = Callable[[Dataset], Found]
"""A fitted detector: a dataset in, its detections down to the score floor out."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The data of a row, opened."""

    learned: Dataset
    tuning: Dataset
    tests: dict[str, Dataset]

    def asked(self, row: Row) -> dict[str, Any]:
        """Return what decides a row's figures, as plain values."""
        digests = {name: dataset.digest for name, dataset in self.tests.items()}
        return {**row.content(), "learned": self.learned.digest, "tuning": self.tuning.digest, "tests": digests}


def open_data(data: StudyData, fold: int | None) -> Opened:
    """Open the data of a row.

    Without sets for tuning and tests, the fold that is left out is dealt into two halves by persons.

    Raises:
        DatasetError: a folder is no prepared dataset.
        FitError: there is no such fold.
    """
    learned = open_folders(data.learned)
    if data.tuning:
        tests = {name: open_folders([folder]) for name, folder in data.tests}
        return Opened(learned, open_folders(data.tuning), tests)
    if fold is None:
        raise FitError("A row that learns from everything needs sets for tuning and tests (--tuning, --test).")
    _, held_out = fit.split(learned, fold, FOLD_COUNT, FOLD_SEED)
    tuning, test = halves(learned, held_out)
    return Opened(learned, tuning, {"held-out": test})


def run_row(data: StudyData, row: Row, report: Callable[[str], None]) -> MeasuredRow:
    """Return a row, fitted and measured; what is done already is not done again."""
    opened = open_data(data, row.fold)
    asked = opened.asked(row)
    done = measured_row.read(data.out, row.name, asked)
    if done is not None:
        return done
    request = fit_request(data, row, opened.learned)
    detector = _fitted(row, request, report)
    rate = row.recipe.optimizer.learning_rate
    measured, found = measure(row.name, row.group, detector, opened, rate, milliseconds_per_sample(request.out))
    measured_row.write(data.out, asked, measured, found)
    again = measured_row.read(data.out, row.name, asked)
    assert again is not None
    return again


def fit_request(data: StudyData, row: Row, learned: Dataset) -> FitRequest:
    """Return the fit of a row."""
    return FitRequest(
        recipe=row.recipe,
        dataset=learned,
        out=data.run_folder(row),
        fold=row.fold,
        fold_count=FOLD_COUNT,
        fold_seed=FOLD_SEED,
        seed=row.seed,
        encoder_weights=row.encoder_weights,
        threads=data.threads,
        accelerator=data.accelerator,
    )


def _fitted(row: Row, request: FitRequest, report: Callable[[str], None]) -> DetectIn:
    if row.detector is Detector.TORCHVISION:
        from model_training.peers import torchvision_detections, torchvision_fit

        torchvision_fit.run(request, report)
        network = torchvision_fit.load(request, device_of(request.accelerator))
        return lambda dataset: torchvision_detections.detect(network, dataset)
    fit.run(request, report)
    ensemble = prediction.of_runs([read_member(request.out)], row.name, device_of(request.accelerator))
    return lambda dataset: detect(ensemble, dataset)


def device_of(accelerator: str) -> str:
    """Return where fitted networks run for a Lightning accelerator: "cpu", or "auto" for what there is."""
    return "cpu" if accelerator == "cpu" else "auto"


def measure(
    name: str, group: str, detector: DetectIn, opened: Opened, rate: float, milliseconds: float, settings: str = ""
) -> tuple[MeasuredRow, dict[str, Found]]:
    """Return figures and detections of a detector on the test sets, at the tuning set's best threshold."""
    score, tuned = best_threshold(detector(opened.tuning))
    found = {test: detector(dataset) for test, dataset in opened.tests.items()}
    figures: Mapping[str, dict[str, Any]] = {
        test: reports.content(evaluate(name, opened.tests[test].name, own, score, f"best on {opened.tuning.name}"))
        for test, own in found.items()
    }
    row = MeasuredRow(name, group, rate, tuned, score, dict(figures), {}, milliseconds, settings)
    return row, found


def milliseconds_per_sample(run: Path) -> float:
    """Return how long a fit took per sample, by its own record; nan without one."""
    with (run / METRICS).open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return 1000 * float(rows[-1]["seconds"]) / float(rows[-1]["samples"]) if rows else float("nan")
