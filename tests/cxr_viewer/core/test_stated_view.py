"""The projection is taken from the most reliable part of the header that tells it."""

from cxr_viewer.core.header_words import View
from cxr_viewer.core.stated_view import stated_view
from tests.cxr_viewer.core.instances import instance


def test_view_position_goes_before_orientation_and_words() -> None:
    stated = stated_view(instance("a", view_position="LL", image_descriptions=("thorax pa",)))
    assert stated
    assert (stated.view, stated.source) == (View.LATERAL, "view position LL")
    stated = stated_view(instance("a", view_position="", patient_orientation=("L", "F"), image_descriptions=("lat",)))
    assert stated
    assert (stated.view, stated.source) == (View.FRONTAL, "patient orientation L\\F")
    stated = stated_view(instance("a", view_position="", image_descriptions=("", "Thorax lat. ")))
    assert stated
    assert (stated.view, stated.source) == (View.LATERAL, "Thorax lat.")
    assert stated_view(instance("a", view_position="")) is None
