"""The curves of a run as a picture: losses, learning rate, and the metric over rounds and score thresholds."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from model_training import plotting, round_tables
from model_training.learner import PARTS
from model_training.round_tables import THRESHOLD_COLUMNS
from model_training.run_folder import CURVES, METRICS, THRESHOLDS
from model_training.score_thresholds import SCORE_GRID

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Rows = Sequence[dict[str, str]]


def draw(run: Path) -> None:
    """Write ``curves.png`` from the tables of a run's folder; nothing before the first round."""
    rows, by_threshold = round_tables.read(run / METRICS), round_tables.read(run / THRESHOLDS)
    if not rows:
        return
    made, axes = plotting.figure(columns=2, rows=2 if by_threshold else 1)
    _losses(axes[0], rows)
    _learning_rate(axes[1], rows)
    if by_threshold:
        _metric_over_samples(axes[2], rows)
        _metric_over_thresholds(axes[3], by_threshold)
    plotting.save(made, run / CURVES)


def _losses(axes: "Axes", rows: Rows) -> None:
    for part, colour in zip(PARTS, plotting.COLOURS, strict=False):
        axes.plot(*_points(rows, part), color=colour, linewidth=1.2, label=part.replace("_", " "))
        axes.plot(*_points(rows, f"validation_{part}"), "--", color=colour, linewidth=1.2)
    if any(row.get("validation_total") for row in rows):
        axes.plot([], [], "--", color=plotting.INK, linewidth=1.2, label="held out")
    axes.set_yscale("log", nonpositive="mask")
    axes.tick_params(which="minor", labelsize="small")
    plotting.word(axes, "losses", "samples", "mean over a round")
    plotting.legend(axes)


def _learning_rate(axes: "Axes", rows: Rows) -> None:
    axes.plot(*_points(rows, "learning_rate"), linewidth=1.2)
    axes.set_ylim(bottom=0)
    plotting.word(axes, "learning rate", "samples", "at the end of a round")


def _metric_over_samples(axes: "Axes", rows: Rows) -> None:
    axes.plot(*_points(rows, round_tables.METRIC), marker="o", markersize=3, linewidth=1.2)
    axes.set_ylim(bottom=0)
    plotting.word(axes, "held-out fold, best threshold of each round", "samples", "mean precision, IoU 0.40 to 0.75")


def _metric_over_thresholds(axes: "Axes", rows: Rows) -> None:
    from matplotlib import colormaps

    colours = colormaps[plotting.SEQUENCE](np.linspace(0.9, 0.1, len(rows)))
    named = {0, len(rows) // 2, len(rows) - 1}
    for number, (row, colour) in enumerate(zip(rows, colours, strict=True)):
        means = [float(row[name]) for name in THRESHOLD_COLUMNS[-len(SCORE_GRID) :]]
        label = f"{int(row['samples']):,} samples" if number in named else None
        axes.plot(SCORE_GRID, means, color=colour, linewidth=1.1, label=label)
    axes.set_ylim(bottom=0)
    plotting.word(axes, "held-out fold, every round", "score threshold", "mean precision, IoU 0.40 to 0.75")
    plotting.legend(axes, "upper right")


def _points(rows: Rows, column: str) -> tuple[list[int], list[float]]:
    """Return samples and values where the column has one."""
    kept = [row for row in rows if row.get(column)]
    return [int(row["samples"]) for row in kept], [float(row[column]) for row in kept]
