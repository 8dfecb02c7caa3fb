"""Window and level by dragging: how far a hand moves the window's centre and width."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.dicom.windowing import Voi, VoiLut, Window, WindowFunction

PIXELS_FOR_FULL_WIDTH = 400.0
"""A drag over this many logical pixels moves the centre by the width the window has."""

_WIDENING = 1.5
"""The same drag sideways multiplies the width by e to this power."""

NARROWEST_SHARE = 1e-3
"""The width never falls below this share of the pixels' own range."""


def dragged(window: Window, dx: float, dy: float, least_width: float, *, is_dark_high: bool) -> Window:
    """Return the window after a drag by (dx, dy) logical pixels: right widens, up brightens what is on the screen.

    Args:
        is_dark_high: whether high values are dark on the screen, so that brightening raises the centre.
        least_width: narrowest window allowed, modality units.
    """
    width = max(least_width, window.width * math.exp(_WIDENING * dx / PIXELS_FOR_FULL_WIDTH))
    shift = dy * window.width / PIXELS_FOR_FULL_WIDTH
    centre = window.centre + (-shift if is_dark_high else shift)
    return replace(window, centre=centre, width=width, explanation="")


def as_window(voi: Voi, pixels: NDArray[Any]) -> Window:
    """Return a window to begin a drag with: the window itself, or the range that a VOI LUT spreads over its output."""
    if isinstance(voi, Window):
        return voi
    shares = voi.entries / voi.highest
    middle = np.flatnonzero((shares > 0.02) & (shares < 0.98))
    if len(middle) < 2:
        return spanning(pixels)
    low, high = float(voi.first + middle[0]), float(voi.first + middle[-1])
    return Window((low + high) / 2, max(high - low, 1.0), WindowFunction.LINEAR_EXACT)


def spanning(pixels: NDArray[Any], low_percent: float = 0.5, high_percent: float = 99.5) -> Window:
    """Return the linear window between two percentiles of a sample of the pixels, modality units."""
    sample = pixels[:: max(1, pixels.shape[0] // 512), :: max(1, pixels.shape[1] // 512)]
    low, high = (float(value) for value in np.percentile(sample, [low_percent, high_percent]))
    return Window((low + high) / 2, max(high - low, 1e-6), WindowFunction.LINEAR_EXACT)


def in_words(voi: Voi) -> str:
    """Return a window as the corner of the view says it."""
    if isinstance(voi, VoiLut):
        return f"VOI LUT {voi.explanation}".strip()
    numbers = f"C {voi.centre:.0f} W {voi.width:.0f}"
    if voi.width < 10:
        numbers = f"C {voi.centre:.3g} W {voi.width:.3g}"
    return f"{numbers} · {voi.explanation}" if voi.explanation else numbers
