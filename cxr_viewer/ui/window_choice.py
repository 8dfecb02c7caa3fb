"""What the reader chose to see an image through, in words that mean something for another image too.

Digital radiographs have no common scale, so numbers cannot be carried from one to the next. A preset is derived anew
from the other image's pixels, a window of the header is looked up by its name, and a window that was dragged is carried
as the percentages of the pixels that it ends at, counted from dark to bright on the screen.
"""

from dataclasses import dataclass

from cxr_viewer.dicom.windowing import Voi, Window, WindowFunction
from cxr_viewer.ui import window_drag, window_presets
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.window_presets import WindowPreset


@dataclass(frozen=True, slots=True)
class AsOpened:
    """The window the image opens with."""


@dataclass(frozen=True, slots=True)
class OfHeader:
    """A window or VOI LUT of the header, by its name; an image without one of that name stays as opened."""

    name: str


@dataclass(frozen=True, slots=True)
class Dragged:
    """A window made by hand: the percentages of the pixels it ends at, dark to bright, and its curve."""

    dark: float
    bright: float
    function: WindowFunction


WindowChoice = AsOpened | WindowPreset | OfHeader | Dragged


def dragged(voi: Voi, image: DisplayedImage) -> Dragged:
    """Return a window over an image as percentages of that image's pixels."""
    window = window_drag.as_window(voi, image.pyramid.pixels)
    low, high = window.centre - window.width / 2, window.centre + window.width / 2
    dark, bright = image.percent_of_value(low), image.percent_of_value(high)
    if image.header.shows_minimum_white:
        dark, bright = 100 - bright, 100 - dark
    return Dragged(dark, bright, window.function)


def voi_for(choice: WindowChoice, image: DisplayedImage) -> Voi:
    """Return what a choice means for an image."""
    if isinstance(choice, WindowPreset):
        return window_presets.window_of(choice, image)
    if isinstance(choice, OfHeader):
        return dict(window_presets.of_header(image)).get(choice.name, image.automatic)
    if isinstance(choice, Dragged):
        window: Window = window_presets.between(image, choice.dark, choice.bright, choice.function)
        return window
    return image.automatic
