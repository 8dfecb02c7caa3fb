"""Window presets: ranges of percentiles read from resources/window_presets.toml, and what the header offers."""

import tomllib
from dataclasses import dataclass

import numpy as np

from cxr_viewer import resources
from cxr_viewer.dicom.windowing import Voi, Window, WindowFunction
from cxr_viewer.ui.displayed_image import DisplayedImage

FULL_RANGE = "Full range"
AUTOMATIC = "As opened"


@dataclass(frozen=True, slots=True)
class WindowPreset:
    """Percentiles of the pixels, 0 to 100, counted from dark to bright on the screen."""

    name: str
    key: str
    dark: float
    bright: float


def read() -> tuple[WindowPreset, ...]:
    """Return the presets of the program.

    Raises:
        ValueError: the file does not describe presets.
    """
    rows = tomllib.loads(resources.read_text("window_presets.toml"))["preset"]
    presets = tuple(WindowPreset(str(r["name"]), str(r["key"]), float(r["dark"]), float(r["bright"])) for r in rows)
    for preset in presets:
        if not 0 <= preset.dark < preset.bright <= 100:
            raise ValueError(f"The window preset {preset.name} needs 0 <= dark < bright <= 100.")
    return presets


def window_of(preset: WindowPreset, image: DisplayedImage) -> Window:
    """Return the window that a preset means for an image, modality units."""
    low, high = preset.dark, preset.bright
    if image.header.shows_minimum_white:
        low, high = 100 - high, 100 - low
    return _between(image, low, high, preset.name)


def full_range(image: DisplayedImage) -> Window:
    """Return the window over every value but padding."""
    return _between(image, 0, 100, FULL_RANGE)


def of_header(image: DisplayedImage) -> tuple[tuple[str, Voi], ...]:
    """Return the windows and VOI LUTs of the header with their names."""
    luts = [(lut.explanation or f"VOI LUT {number}", lut) for number, lut in enumerate(image.header.voi_luts, 1)]
    windows = [
        (window.explanation or f"Header window {number}", window)
        for number, window in enumerate(image.header.windows, 1)
    ]
    return (*luts, *windows)


def _between(image: DisplayedImage, low_percent: float, high_percent: float, name: str) -> Window:
    pixels = image.pyramid.pixels
    step = max(1, max(pixels.shape) // 1024)
    sample = pixels[::step, ::step].ravel()
    if image.header.padding is not None:
        low_padding, high_padding = image.header.padding
        without = sample[(sample < low_padding) | (sample > high_padding)]
        sample = without if without.size else sample
    low, high = (float(value) for value in np.percentile(sample, [low_percent, high_percent]))
    return Window((low + high) / 2, max(high - low, 1e-6), WindowFunction.LINEAR_EXACT, name)
