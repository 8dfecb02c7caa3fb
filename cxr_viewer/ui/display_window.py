"""The window on the screen as it is recorded with a gesture: numbers and a name that says how it came about."""

from cxr_viewer.core.findings import DisplayWindow
from cxr_viewer.dicom.windowing import Voi, Window
from cxr_viewer.ui import window_presets
from cxr_viewer.ui.displayed_image import DisplayedImage

AS_OPENED = "as opened"
HEADER = "header"
BY_HAND = "by hand"


def of(image: DisplayedImage, voi: Voi, *, is_inverted: bool) -> DisplayWindow:
    """Return a window over an image; text of the header is not taken over, for nobody knows what stands in it."""
    if isinstance(voi, Window):
        return DisplayWindow(_name(image, voi), float(voi.centre), float(voi.width), is_inverted)
    return DisplayWindow(_name(image, voi), is_inverted=is_inverted)


def _name(image: DisplayedImage, voi: Voi) -> str:
    if voi == image.automatic:
        return AS_OPENED
    if any(voi is offered for _, offered in window_presets.of_header(image)):
        return HEADER
    known = {preset.name for preset in window_presets.read()}
    if isinstance(voi, Window) and voi.explanation in known:
        return voi.explanation
    return BY_HAND
