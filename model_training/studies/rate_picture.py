"""The metric against the learning rate, one line per recipe, with intervals."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from model_training import plotting
from model_training.evaluation import MEAN_PRECISION
from model_training.studies.measured_row import MeasuredRow

_APART = 1.04
"""Factor between the lines of two recipes along the axis, so that their intervals do not hide each other."""


def draw(path: Path, groups: Mapping[str, Sequence[MeasuredRow]], test: str) -> None:
    """Write the picture of the rows of each group on one test set."""
    made, (axes,) = plotting.figure()
    for number, (group, rows) in enumerate(groups.items()):
        figures = [row.figure(test, MEAN_PRECISION) for row in rows]
        axes.errorbar(
            [row.learning_rate * _APART ** (number - (len(groups) - 1) / 2) for row in rows],
            [figure.value for figure in figures],
            yerr=[
                [figure.value - figure.low for figure in figures],
                [figure.high - figure.value for figure in figures],
            ],
            marker="o",
            markersize=4,
            capsize=3,
            linewidth=1.4,
            label=group,
        )
    rates = sorted({row.learning_rate for rows in groups.values() for row in rows})
    axes.set_xscale("log")
    axes.set_xticks(rates, [f"{rate:g}" for rate in rates])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    plotting.word(axes, f"Metric against learning rate, {test}", "highest learning rate", "mAP 0.40 to 0.75")
    plotting.legend(axes, "best")
    plotting.save(made, path)
