"""The look of every picture that training writes: one face, one palette, no window system, written beside and renamed.

matplotlib is loaded when the first figure is made, and only its Agg side: pyplot and its global state are not used.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#666666")
"""Okabe and Ito's palette, which colour-blind readers can tell apart; for lines, in this order."""

SEQUENCE = "viridis"
"""Colour map of ordered values."""

Place = Literal["best", "upper right", "upper left", "lower right", "lower left"]
"""Where a legend lies."""

INK, FAINT = "#222222", "#DDDDDD"
DOTS_PER_INCH = 150
_FACE = "DejaVu Sans"  # comes with matplotlib, so that pictures are the same everywhere
_SIZE = 9.0


def figure(
    columns: int = 1, rows: int = 1, width: float = 5.6, height: float = 4.0
) -> "tuple[Figure, tuple[Axes, ...]]":
    """Return an empty figure and its axes, row by row, in the look of all pictures.

    Args:
        columns, rows: of the axes.
        width, height: of one pair of axes with its words, inches.
    """
    from cycler import cycler
    from matplotlib.figure import Figure

    made = Figure(figsize=(columns * width, rows * height), dpi=DOTS_PER_INCH, layout="constrained", facecolor="white")
    axes = tuple(made.subplots(rows, columns, squeeze=False).flat)
    for own in axes:
        own.set_prop_cycle(cycler(color=COLOURS))
        own.grid(visible=True, color=FAINT, linewidth=0.6)
        own.set_axisbelow(True)
        own.spines[["top", "right"]].set_visible(False)
        for side in ("left", "bottom"):
            own.spines[side].set_color(INK)
        own.tick_params(colors=INK, labelsize=_SIZE - 1, labelfontfamily=_FACE)
    return made, axes


def word(axes: "Axes", title: str, x: str, y: str) -> None:
    """Write the title and what the axes show, with units."""
    axes.set_title(title, loc="left", fontsize=_SIZE + 1, fontfamily=_FACE, color=INK)
    axes.set_xlabel(x, fontsize=_SIZE, fontfamily=_FACE, color=INK)
    axes.set_ylabel(y, fontsize=_SIZE, fontfamily=_FACE, color=INK)


def legend(axes: "Axes", place: Place = "best") -> None:
    """Name the labelled lines inside the axes (``place`` as matplotlib's ``loc``); nothing without any."""
    lines, names = axes.get_legend_handles_labels()
    if lines:
        face: dict[str, Any] = {"family": _FACE, "size": _SIZE - 1}
        axes.legend(lines, names, loc=place, frameon=False, labelcolor=INK, prop=face, handlelength=1.6)


def save(made: "Figure", path: Path) -> None:
    """Write a PNG beside ``path`` and rename it; the same figure gives the same bytes."""
    partial = path.with_name(path.name + ".partial")
    made.savefig(partial, format="png", metadata={"Software": None})
    partial.replace(path)
