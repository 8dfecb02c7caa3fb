"""The metric of every variant of a study with its interval, one line each."""

from collections.abc import Sequence
from pathlib import Path

from model_training import plotting
from model_training.evaluation import MEAN_PRECISION
from model_training.studies.measured_row import MeasuredRow

_LINE_HEIGHT = 0.3  # inches per row


def draw(path: Path, rows: Sequence[MeasuredRow], test: str) -> None:
    """Write the picture of rows on one test set, the first one at the top."""
    made, (axes,) = plotting.figure(height=1.2 + _LINE_HEIGHT * len(rows))
    groups = list(dict.fromkeys(row.group for row in rows))
    for place, row in enumerate(rows):
        figure = row.figure(test, MEAN_PRECISION)
        axes.errorbar(
            figure.value,
            place,
            xerr=[[figure.value - figure.low], [figure.high - figure.value]],
            marker="o",
            markersize=5,
            capsize=3,
            color=plotting.COLOURS[groups.index(row.group) % len(plotting.COLOURS)],
        )
    axes.set_yticks(range(len(rows)), [row.name for row in rows])
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    plotting.word(axes, f"Variants, {test}", "mAP 0.40 to 0.75, with 95 % interval", "")
    plotting.save(made, path)
