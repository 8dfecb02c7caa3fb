"""Which box is meant by a click and by Tab."""

from cxr_viewer.core.geometry import Box
from cxr_viewer.ui.overlay import Kind, OverlayBox, by_area, under_point

LARGE = OverlayBox("large", Kind.DETECTION, Box(0, 0, 400, 400), "")
SMALL = OverlayBox("small", Kind.FINDING, Box(100, 100, 150, 160), "")
ASIDE = OverlayBox("aside", Kind.ADDED, Box(500, 0, 600, 90), "")


def test_a_small_box_inside_a_large_one_is_met_first() -> None:
    assert under_point((LARGE, SMALL, ASIDE), 120, 120, 0) == [SMALL, LARGE]


def test_the_rim_counts() -> None:
    assert under_point((SMALL,), 152, 130, 3) == [SMALL]
    assert under_point((SMALL,), 154, 130, 3) == []


def test_tab_goes_from_large_to_small() -> None:
    assert by_area((SMALL, ASIDE, LARGE)) == [LARGE, ASIDE, SMALL]


def test_only_what_the_reader_asserts_can_be_taken_by_handles() -> None:
    editable = {kind for kind in Kind if OverlayBox("", kind, SMALL.box, "").is_editable}
    assert editable == {Kind.FINDING, Kind.ADDED}
