"""Window presets: ranges of percentiles read from resources/window_presets.toml, and what the header offers."""

import tomllib
from dataclasses import dataclass

from cxr_viewer import resources
from cxr_viewer.dicom.windowing import Voi, Window, WindowFunction
from cxr_viewer.ui.displayed_image import DisplayedImage

AS_OPENED = "As opened"
AS_OPENED_KEY = "`"
HEADER_KEYS = "56789"
"""Keys of the first windows and VOI LUTs of the image's own header."""


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


def keys_and_names(presets: tuple[WindowPreset, ...]) -> dict[str, str]:
    """Return the name of what each key shows, in the order of the menu; header windows have their names per image."""
    names = {preset.key: preset.name for preset in presets}
    names[AS_OPENED_KEY] = AS_OPENED
    return names | {key: f"Header window {number}" for number, key in enumerate(HEADER_KEYS, 1)}


def window_of(preset: WindowPreset, image: DisplayedImage) -> Window:
    """Return the window that a preset means for an image, modality units."""
    return between(image, preset.dark, preset.bright, name=preset.name)


def between(
    image: DisplayedImage,
    dark: float,
    bright: float,
    function: WindowFunction = WindowFunction.LINEAR_EXACT,
    name: str = "",
) -> Window:
    """Return the window between two percentages of an image's pixels, counted from dark to bright on the screen."""
    if image.header.shows_minimum_white:
        dark, bright = 100 - bright, 100 - dark
    low, high = image.value_of_percent(dark), image.value_of_percent(bright)
    return Window((low + high) / 2, max(high - low, 1e-6), function, name)


def of_header(image: DisplayedImage) -> tuple[tuple[str, Voi], ...]:
    """Return the VOI LUTs and windows of the header, each with a name of its own."""
    found: list[tuple[str, Voi]] = []
    for number, lut in enumerate(image.header.voi_luts, 1):
        found.append((lut.explanation or f"VOI LUT {number}", lut))
    for number, window in enumerate(image.header.windows, 1):
        words = window.explanation or f"Header window {number}"
        found.append((f"{words} (sigmoid)" if window.function is WindowFunction.SIGMOID else words, window))
    return tuple((_own_name(name, number, found), voi) for number, (name, voi) in enumerate(found))


def _own_name(name: str, number: int, found: list[tuple[str, Voi]]) -> str:
    earlier = sum(other == name for other, _ in found[:number])
    return f"{name} ({earlier + 1})" if earlier else name
