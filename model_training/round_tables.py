"""The tables of a run, a row per round; a fit that goes on drops the rows after its checkpoint."""

import csv
from collections.abc import Mapping
from pathlib import Path

from model_training.learner import PARTS
from model_training.score_thresholds import SCORE_GRID

METRIC, METRIC_SCORE = "validation_mean_precision", "validation_best_score"
COLUMNS = (
    "round",
    "step",
    "samples",
    "seconds",
    "data_share",
    "learning_rate",
    *PARTS,
    *(f"validation_{part}" for part in PARTS),
    METRIC,
    METRIC_SCORE,
)
"""Of ``metrics.csv``. ``data_share`` is the share of the round's seconds that passed in waiting for batches;
``validation_mean_precision`` is the metric on the held-out fold at the threshold, ``validation_best_score``, that is
best for it."""

THRESHOLD_COLUMNS = ("round", "step", "samples", *(f"{score:g}" for score in SCORE_GRID))
"""Of ``thresholds.csv``: the metric on the held-out fold at every score threshold."""


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table, none where there is no file; values that an older program did not write are ""."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def begin(path: Path, columns: tuple[str, ...], step: int) -> list[dict[str, str]]:
    """Write the table with its rows up to a step, and return them."""
    rows = [row for row in read(path) if int(row["step"]) <= step]
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    partial.replace(path)
    return rows


def append(path: Path, columns: tuple[str, ...], row: Mapping[str, object]) -> None:
    """Write one more row; what it lacks stays empty."""
    with path.open("a", newline="", encoding="utf-8") as stream:
        csv.DictWriter(stream, columns, restval="").writerow(row)
