"""Tables of measured rows: Markdown for readers, CSV and JSON for programs."""

import csv
import json
import math
from collections.abc import Sequence
from pathlib import Path

from model_training.bootstrap import Interval
from model_training.studies.measured_row import MeasuredRow

_FIGURES = (("mean_precision", None), ("sensitivity", 0.25), ("sensitivity", 1.0), ("image_auc", None))
COLUMNS = (
    "learning rate",
    "tuning set",
    "threshold",
    "mAP 0.40 to 0.75",
    "sensitivity at 0.25 false boxes",
    "at 1",
    "image AUC",
    "ms/sample",
)
"""What every table of rows shows."""


def interval_text(interval: Interval) -> str:
    """Return a figure with its interval, short."""
    if math.isnan(interval.value):
        return "–"
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"


def cells(row: MeasuredRow, test: str) -> list[str]:
    """Return the cells of a row for COLUMNS."""
    figures = [interval_text(row.figure(test, name, rate)) for name, rate in _FIGURES]
    rate = f"{row.learning_rate:g}" if row.learning_rate else "–"
    speed = "–" if math.isnan(row.milliseconds) else f"{row.milliseconds:.0f}"
    return [rate, f"{row.tuning:.3f}", f"{row.score:.3f}", *figures, speed]


def markdown(head: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    """Return a Markdown table as lines."""
    return [
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(line) + " |" for line in lines),
    ]


def write_rows(out: Path, rows: Sequence[MeasuredRow]) -> None:
    """Write ``rows.csv`` (a line per row and test set) and ``rows.json``, each beside and renamed."""
    head = ["row", "group", "learning_rate", "settings", "tuning_mean_precision", "threshold", "test"]
    for name, rate in _FIGURES:
        label = name if rate is None else f"{name}_at_{rate:g}_fp"
        head += [label, f"{label}_low", f"{label}_high"]
    partial = out / "rows.csv.partial"
    with partial.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow([*head, "milliseconds_per_sample"])
        for row in rows:
            for test in row.figures:
                line: list[object] = [row.name, row.group, row.learning_rate, row.settings, row.tuning, row.score, test]
                for name, rate in _FIGURES:
                    figure = row.figure(test, name, rate)
                    line += [figure.value, figure.low, figure.high]
                writer.writerow([*line, f"{row.milliseconds:.1f}"])
    partial.replace(out / "rows.csv")
    write_json(out / "rows.json", [_without_curve(row) for row in rows])


def _without_curve(row: MeasuredRow) -> dict[str, object]:
    figures = {test: {key: value for key, value in own.items() if key != "froc"} for test, own in row.figures.items()}
    return {
        "row": row.name,
        "group": row.group,
        "learning_rate": row.learning_rate,
        "settings": row.settings,
        "tuning_mean_precision": row.tuning,
        "threshold": row.score,
        "milliseconds_per_sample": None if math.isnan(row.milliseconds) else row.milliseconds,
        "figures": figures,
    }


def write_json(path: Path, content: object) -> None:
    """Write plain values as JSON, beside and renamed."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)


def write_text(path: Path, lines: Sequence[str]) -> None:
    """Write lines, beside and renamed."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text("\n".join(lines) + "\n", encoding="utf-8")
    partial.replace(path)
