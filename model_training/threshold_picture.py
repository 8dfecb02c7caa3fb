"""The metric over checkpoints and score thresholds (the paper's Figure 8), as a picture and as a table.

The paper calls its abscissa "NMS threshold"; it is five times a score threshold (facts of the recipe, section 5.3).
Here it is the score itself.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from model_training import plotting
from model_training.curves import Floats
from model_training.score_thresholds import SCORE_GRID

ENSEMBLE = "ensemble"


def draw(path: Path, by_samples: Mapping[int, Floats], ensemble: Floats, title: str) -> None:
    """Write the picture.

    Args:
        path: of the PNG.
        by_samples: mean precision at every threshold of ``SCORE_GRID``, by the samples a checkpoint had seen.
        ensemble: the same of the whole ensemble.
        title: of the picture.
    """
    from matplotlib import colormaps

    made, (axes,) = plotting.figure()
    colours = colormaps[plotting.SEQUENCE](np.linspace(0.9, 0.1, max(1, len(by_samples))))
    for (samples, means), colour in zip(sorted(by_samples.items()), colours, strict=True):
        if len(by_samples) == 1 and np.array_equal(means, ensemble):
            continue  # the ensemble is this one checkpoint
        axes.plot(SCORE_GRID, means, color=colour, linewidth=1.1, label=f"one checkpoint, {samples:,} samples")
    axes.plot(SCORE_GRID, ensemble, color=plotting.INK, linewidth=2, label=ENSEMBLE)
    best = int(np.argmax(ensemble))
    axes.plot(SCORE_GRID[best], ensemble[best], "o", color=plotting.INK, markersize=5)
    axes.annotate(
        f"{ensemble[best]:.3f} at {SCORE_GRID[best]:g}",
        (SCORE_GRID[best], ensemble[best]),
        xytext=(0, 8),
        textcoords="offset points",
        ha="center",
        fontsize=8,
        color=plotting.INK,
    )
    highest = max(float(means.max()) for means in (*by_samples.values(), ensemble))
    axes.set_xlim(0, SCORE_GRID[-1])
    axes.set_ylim(0, max(1.15 * highest, 0.05))
    plotting.word(axes, title, "score threshold", "mean precision, IoU 0.40 to 0.75")
    plotting.legend(axes, "upper right" if SCORE_GRID[best] < SCORE_GRID[-1] / 2 else "upper left")
    plotting.save(made, path)


def write_table(path: Path, by_samples: Mapping[int, Floats], ensemble: Floats) -> None:
    """Write all values as CSV, beside and renamed."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("of", "samples", "score", "mean_precision"))
        for samples, means in sorted(by_samples.items()):
            writer.writerows(
                ("checkpoint", samples, score, f"{mean:.5f}") for score, mean in zip(SCORE_GRID, means, strict=True)
            )
        writer.writerows((ENSEMBLE, "", score, f"{mean:.5f}") for score, mean in zip(SCORE_GRID, ensemble, strict=True))
    partial.replace(path)
