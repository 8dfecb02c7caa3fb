"""Labels stand outside their boxes and cover nothing."""

from hypothesis import given
from hypothesis import strategies as st

from cxr_viewer.core.geometry import Box
from cxr_viewer.ui.label_layout import LabelRequest, place

VIEW = (900.0, 800.0)


def test_label_stands_above_its_box() -> None:
    [label] = place([LabelRequest(Box(100, 100, 300, 300), 90, 18)], *VIEW)
    assert label == Box(99, 81, 189, 99)


def test_label_goes_below_where_there_is_no_room_above() -> None:
    [label] = place([LabelRequest(Box(100, 5, 300, 300), 90, 18)], *VIEW)
    assert label
    assert label.y1 >= 300


def test_label_vanishes_under_60_pixels_of_box_width() -> None:
    assert place([LabelRequest(Box(100, 100, 159, 300), 40, 18)], *VIEW) == [None]
    assert place([LabelRequest(Box(100, 100, 160, 300), 40, 18)], *VIEW) != [None]


def test_chosen_box_has_the_first_choice() -> None:
    box = Box(100, 100, 300, 300)
    plain, chosen = LabelRequest(box, 90, 18), LabelRequest(box, 90, 18, is_selected=True)
    _, second = place([plain, chosen], *VIEW)
    assert second == Box(99, 81, 189, 99)


sides = st.floats(20, 300)
boxes = st.builds(lambda x, y, w, h: Box(x, y, x + w, y + h), st.floats(0, 800), st.floats(0, 700), sides, sides)


@given(st.lists(boxes, max_size=8))
def test_no_label_covers_another_box_or_label_or_leaves_the_view(found: list[Box]) -> None:
    placed = place([LabelRequest(box, 90, 18) for box in found], *VIEW)
    labels = [label for label in placed if label is not None]
    for number, label in enumerate(placed):
        if label is None:
            continue
        assert label.x1 >= 0
        assert label.y1 >= 0
        assert label.x2 <= VIEW[0]
        assert label.y2 <= VIEW[1]
        others = [box for i, box in enumerate(found) if i != number] + [other for other in labels if other is not label]
        for other in others:
            apart = label.x2 <= other.x1 or other.x2 <= label.x1 or label.y2 <= other.y1 or other.y2 <= label.y1
            assert apart
