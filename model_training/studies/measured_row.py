"""What is known of a row once it is done: kept as one JSON file, whose presence says that the row is done."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxr_viewer.core.whole_folder import FolderInUseError
from model_training.bootstrap import Interval
from model_training.dataset_detections import Found
from model_training.studies import found_file


@dataclass(frozen=True, slots=True)
class MeasuredRow:
    """A finished row.

    Attributes:
        name, group: of the row.
        learning_rate: highest one, 0 for an ensemble.
        tuning: the metric on the tuning set at the threshold that is best there.
        score: that threshold.
        figures: per test set the evaluation, as ``reports.content`` gives it.
        found: per test set the file of its detections.
        milliseconds: of fitting, per sample; nan for an ensemble.
        settings: what else was chosen on the tuning set, in words ("size 0.3").
    """

    name: str
    group: str
    learning_rate: float
    tuning: float
    score: float
    figures: dict[str, dict[str, Any]]
    found: dict[str, Path]
    milliseconds: float
    settings: str = ""

    def figure(self, test: str, name: str, rate: float | None = None) -> Interval:
        """Return a figure on a test set: ``mean_precision``, ``image_auc``, or ``sensitivity`` at a rate."""
        content = self.figures[test][name]
        entry = content if rate is None else content[f"{rate:g}"]
        return Interval(*(float("nan") if entry[key] is None else entry[key] for key in ("value", "low", "high")))

    def detections(self, test: str) -> Found:
        """Return the row's detections on a test set."""
        return found_file.read(self.found[test])


def path_of(out: Path, name: str) -> Path:
    """Return the file of a row."""
    return out / "rows" / f"{name}.json"


def write(out: Path, asked: Mapping[str, Any], row: MeasuredRow, found: Mapping[str, Found]) -> None:
    """Write detections, then the row: each beside and renamed."""
    path = path_of(out, row.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    for test, own in found.items():
        found_file.write(path.with_name(f"{row.name}.{test}.npz"), own)
    content = {
        "asked": asked,
        "name": row.name,
        "group": row.group,
        "learning_rate": row.learning_rate,
        "tuning": row.tuning,
        "score": row.score,
        "figures": row.figures,
        "milliseconds": row.milliseconds,
        "settings": row.settings,
    }
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)


def read(out: Path, name: str, asked: Mapping[str, Any]) -> MeasuredRow | None:
    """Return a finished row, or None while it is not.

    Raises:
        FolderInUseError: the folder holds a row of that name with another recipe or other data.
    """
    path = path_of(out, name)
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    if content.pop("asked") != json.loads(json.dumps(asked)):
        raise FolderInUseError(
            f"{path} is of another study (other recipe, data, fold or seed); choose another folder for this one."
        )
    found = {test: path.with_name(f"{name}.{test}.npz") for test in content["figures"]}
    return MeasuredRow(found=found, **content)
