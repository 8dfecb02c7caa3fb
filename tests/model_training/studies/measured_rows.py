"""Rows for tests that nobody fitted."""

from pathlib import Path

from model_training import reports
from model_training.dataset_detections import Found
from model_training.evaluation import evaluate
from model_training.studies import measured_row
from model_training.studies.measured_row import MeasuredRow


def written_row(out: Path, name: str, found: Found, group: str = "g", score: float = 0.5) -> MeasuredRow:
    """Write a row whose only test set is ``test``, and read it."""
    figures = {"test": reports.content(evaluate(name, "test", found, score, "given"))}
    row = MeasuredRow(name, group, 1e-3, 0.5, score, figures, {}, 30.0)
    measured_row.write(out, {"name": name}, row, {"test": found})
    read = measured_row.read(out, name, {"name": name})
    assert read is not None
    return read
