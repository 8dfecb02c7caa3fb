"""The projection that a header states: by view position and code, by patient orientation, then by its own words."""

from dataclasses import dataclass

from cxr_viewer.core.header_words import View, view_in
from cxr_viewer.core.studies import Instance


@dataclass(frozen=True, slots=True)
class StatedView:
    """A projection, and the part of the header that states it, in words for the reader."""

    view: View
    source: str


def stated_view(instance: Instance) -> StatedView | None:
    """Return the projection of an instance; None when its header does not tell."""
    for text in (instance.view_position, instance.view_code):
        view = view_in(text)
        if view is not None:
            return StatedView(view, f"view position {text.strip()}")
    view = _view_by_orientation(instance.patient_orientation)
    if view is not None:
        shown = "\\".join(instance.patient_orientation)
        return StatedView(view, f"patient orientation {shown}")
    for text in instance.image_descriptions:
        view = view_in(text)
        if view is not None:
            return StatedView(view, text.strip())
    return None


def _view_by_orientation(orientation: tuple[str, ...]) -> View | None:
    """View from the anatomical directions of rows and columns (PS3.3 C.7.6.1.1.1); None when they do not tell."""
    if len(orientation) != 2:
        return None
    axes = {_AXIS.get(direction.strip().upper()[:1]) for direction in orientation}
    if None in axes or len(axes) != 2:
        return None
    if axes == {"side", "height"}:
        return View.FRONTAL
    return View.LATERAL if axes == {"depth", "height"} else View.OTHER


_AXIS = {"L": "side", "R": "side", "A": "depth", "P": "depth", "H": "height", "F": "height"}
