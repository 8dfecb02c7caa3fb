"""Losses and metric on the held-out fold over the rounds of several fits, side by side (the paper's Figures 2 to 4)."""

from collections.abc import Mapping
from pathlib import Path

from model_training import plotting, round_tables
from model_training.round_tables import METRIC
from model_training.run_folder import METRICS

_SHOWN = {
    "validation_classification": ("Classification loss, held out", "focal loss"),
    "validation_regression": ("Box loss, held out", "smooth-L1 loss"),
    METRIC: ("Metric, held out", "mAP 0.40 to 0.75, best threshold"),
}


def draw(path: Path, runs: Mapping[str, Path]) -> None:
    """Write the picture of runs by name; nothing where none was validated while it was fitted."""
    rows = {name: round_tables.read(run / METRICS) for name, run in runs.items()}
    if not any(row.get(METRIC) for own in rows.values() for row in own):
        return
    made, panels = plotting.figure(columns=len(_SHOWN), width=4.2)
    for axes, (column, (title, unit)) in zip(panels, _SHOWN.items(), strict=True):
        for name, own in rows.items():
            points = [(int(row["samples"]), float(row[column])) for row in own if row.get(column)]
            axes.plot([x for x, _ in points], [y for _, y in points], marker="o", markersize=3, label=name)
        axes.set_xlim(left=0)
        top = max((float(row[column]) for own in rows.values() for row in own if row.get(column)), default=0.0)
        axes.set_ylim(0, 1.1 * top or 1)
        plotting.word(axes, title, "samples shown", unit)
    plotting.legend(panels[-1], "best")
    plotting.save(made, path)
