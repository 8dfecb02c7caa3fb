"""FROC curves as a picture and as a table."""

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from model_training import plotting
from model_training.curves import FROC_IOU, Froc

MOST_SHOWN = 2.0
"""False boxes per image at the right edge of the picture; the table has the whole curve."""


def draw(path: Path, curves: Mapping[str, Froc], title: str) -> None:
    """Write one picture with a curve per name."""
    made, (axes,) = plotting.figure()
    for name, curve in curves.items():
        axes.step(
            np.append(0.0, curve.false_positives),
            np.append(0.0, np.maximum.accumulate(curve.sensitivity)),
            where="post",
            linewidth=1.6,
            label=name,
        )
    axes.set_xlim(0, MOST_SHOWN)
    axes.set_ylim(0, 1)
    plotting.word(axes, title, "false boxes per image", f"share of opacities found (IoU > {FROC_IOU:g})")
    plotting.legend(axes, "lower right")
    plotting.save(made, path)


def write_table(path: Path, curves: Mapping[str, Froc]) -> None:
    """Write all points as CSV, beside and renamed."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("curve", "score", "sensitivity", "false_positives_per_image"))
        for name, curve in curves.items():
            points = zip(curve.scores.tolist(), curve.sensitivity.tolist(), curve.false_positives.tolist(), strict=True)
            writer.writerows((name, f"{a:.5f}", f"{b:.5f}", f"{c:.5f}") for a, b, c in points)
    partial.replace(path)
