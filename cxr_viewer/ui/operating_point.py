"""What a score threshold is worth, in words: measured figures with the data set they were measured on, or nothing.

The figures hold for the settings they were measured at and for images the model is meant for. Moving overlap or size
makes other detections, and an image that the gate withholds is none of those that were measured: then there is none.
"""

from cxr_viewer.core.candidates import Thresholds
from cxr_viewer.detection.bundle import OperatingPoint
from cxr_viewer.ui.model_facts import ModelFacts

NO_POINT = "Boxes that score at least this are shown."


def point_in_force(model: ModelFacts, thresholds: Thresholds, *, is_withheld: bool) -> OperatingPoint | None:
    """Return the measured point of the thresholds, or None where no figure may be shown.

    Args:
        is_withheld: the gate withholds the image on the screen, whether or not its boxes are shown anyway.
    """
    own = model.thresholds
    is_as_measured = (thresholds.overlap, thresholds.size) == (own.overlap, own.size)
    if is_withheld or not is_as_measured or not model.measured_on:
        return None
    return model.operating_point(thresholds.score)


def sentence(model: ModelFacts, thresholds: Thresholds, *, is_withheld: bool) -> str:
    """Return the line below the score slider; figures never stand without the name of their data set."""
    point = point_in_force(model, thresholds, is_withheld=is_withheld)
    if point is not None:
        return point_words(model, point)
    if is_withheld and model.points:
        return f"{NO_POINT} No figure holds for a withheld image."
    if model.points and thresholds.score >= model.points[0].score and model.measured_on:
        return f"{NO_POINT} Figures hold for the model's own overlap and size."
    return NO_POINT


def point_words(model: ModelFacts, point: OperatingPoint) -> str:
    """Return a point in words, with the data set."""
    return (
        f"sensitivity {point.sensitivity:.2f} at {rate_text(point.false_positives_per_image)} false positives "
        f"per image on {model.measured_on}"
    )


def rate_text(rate: float) -> str:
    """Return a rate of false positives with two digits that count, never as a power of ten."""
    return f"{rate:.2g}" if rate >= 0.1 else f"{rate:.2f}"
