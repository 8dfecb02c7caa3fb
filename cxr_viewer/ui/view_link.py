"""Where a second image has to stand to show the same part as a first one, at the same scale."""

from dataclasses import dataclass

from cxr_viewer.ui.displayed_image import DisplayedImage


@dataclass(frozen=True, slots=True)
class Stand:
    """How an image is seen: view pixels per native pixel, and the native point in the middle of the view."""

    zoom: float
    centre: tuple[float, float]


def share_a_scale(one: DisplayedImage, other: DisplayedImage) -> bool:
    """Whether a millimetre is the same on both images: both tell their spacing, and on the same basis."""
    known = one.header.spacing_mm is not None and other.header.spacing_mm is not None
    return known and one.header.spacing_basis == other.header.spacing_basis


def followed(
    stand: Stand, image: DisplayedImage, fitted_zoom: float, other: DisplayedImage, other_fitted_zoom: float
) -> Stand:
    """Return where ``other`` has to stand to follow ``image``.

    Where a millimetre is the same on both, a millimetre gets as many view pixels, and the point in the middle lies as
    many millimetres from the middle of the image. Else zoom is counted from the whole image, and the point by its
    share of width and height.

    Args:
        fitted_zoom, other_fitted_zoom: zoom at which each whole image is just seen in its view.
    """
    x, y = stand.centre
    mm, other_mm = image.header.spacing_mm, other.header.spacing_mm
    if mm is None or other_mm is None or not share_a_scale(image, other):
        zoom = stand.zoom / fitted_zoom * other_fitted_zoom
        return Stand(zoom, (x / image.columns * other.columns, y / image.rows * other.rows))
    across, down = (x - image.columns / 2) * mm[1], (y - image.rows / 2) * mm[0]
    centre = (other.columns / 2 + across / other_mm[1], other.rows / 2 + down / other_mm[0])
    return Stand(stand.zoom / mm[1] * other_mm[1], centre)
