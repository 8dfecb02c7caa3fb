"""Ensembles of the fits of a study, measured like every other row."""

from collections.abc import Sequence

from cxr_viewer.core.candidates import Candidates, Thresholds
from model_training import prediction
from model_training.dataset import Dataset
from model_training.dataset_detections import Found, collect_candidates, select_all
from model_training.prediction import DEFAULT_OVERLAP, DEFAULT_RULES, UNTUNED_SCORE
from model_training.run_folder import read_member
from model_training.score_thresholds import best_threshold
from model_training.settings_search import SIZES
from model_training.studies import measured_row
from model_training.studies.measured_row import MeasuredRow
from model_training.studies.measuring import Opened, device_of, measure, open_data
from model_training.studies.row import Row, StudyData

ENSEMBLE, CONSENSUS = "ensemble", "ensemble-consensus"


def ensemble_rows(data: StudyData, members: Sequence[Row]) -> tuple[MeasuredRow, MeasuredRow]:
    """Return two rows: the mean box over members, and the consensus size that the tuning set likes best.

    Args:
        data: with sets for tuning and tests of their own.
        members: finished rows of one network.
    """
    opened = open_data(data, None)
    asked = {
        name: {"members": [row.content() for row in members], "size": name, **_digests(opened)}
        for name in (ENSEMBLE, CONSENSUS)
    }
    done = {name: measured_row.read(data.out, name, asked[name]) for name in asked}
    if any(row is None for row in done.values()):
        for name, (row, found) in _measured(data, members, opened).items():
            measured_row.write(data.out, asked[name], row, found)
            done[name] = measured_row.read(data.out, name, asked[name])
    mean, consensus = done[ENSEMBLE], done[CONSENSUS]
    assert mean is not None
    assert consensus is not None
    return mean, consensus


def _digests(opened: Opened) -> dict[str, object]:
    digests = {name: dataset.digest for name, dataset in opened.tests.items()}
    return {"learned": opened.learned.digest, "tuning": opened.tuning.digest, "tests": digests}


def _measured(
    data: StudyData, members: Sequence[Row], opened: Opened
) -> dict[str, tuple[MeasuredRow, dict[str, Found]]]:
    fitted = [read_member(data.run_folder(row)) for row in members]
    ensemble = prediction.of_runs(fitted, ENSEMBLE, device_of(data.accelerator))
    known: dict[str, list[Candidates]] = {}

    def found(dataset: Dataset, size: float | None) -> Found:
        if dataset.digest not in known:
            known[dataset.digest] = collect_candidates(ensemble, dataset)
        thresholds = Thresholds(UNTUNED_SCORE, DEFAULT_OVERLAP, size)
        return select_all(known[dataset.digest], dataset.examples, thresholds, DEFAULT_RULES)

    size = max(SIZES, key=lambda one: best_threshold(found(opened.tuning, one))[1])
    nothing = float("nan")
    return {
        ENSEMBLE: measure(ENSEMBLE, ENSEMBLE, lambda one: found(one, None), opened, 0.0, nothing),
        CONSENSUS: measure(CONSENSUS, CONSENSUS, lambda one: found(one, size), opened, 0.0, nothing, f"s = {size:g}"),
    }
