"""Boxes: arithmetic agrees with torchvision, conversions are exact."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from torchvision.ops import box_area, box_convert, box_iou, clip_boxes_to_image

from cxr_viewer.core import geometry
from cxr_viewer.core.geometry import Box

coordinates = st.floats(-500, 4500, width=32)
eighths = st.integers(-4000, 36000).map(lambda number: number / 8)  # sums and differences of these are exact


@st.composite
def some_boxes(draw: st.DrawFn, most: int = 8, exact: bool = False) -> geometry.Boxes:
    """Draw boxes (N, 4) with x1 <= x2 and y1 <= y2, sides of 0 among them."""
    count = draw(st.integers(0, most))
    corners = draw(arrays.arrays(np.float32, (count, 2, 2), elements=eighths if exact else coordinates))
    sorted_corners: geometry.Boxes = np.sort(corners, axis=1).reshape(-1, 4)
    return sorted_corners


def as_tensor(array: NDArray[np.float32]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(array))


@given(some_boxes(), some_boxes())
def test_iou_agrees_with_torchvision(first: geometry.Boxes, second: geometry.Boxes) -> None:
    expected = torch.nan_to_num(box_iou(as_tensor(first), as_tensor(second))).numpy()
    found = geometry.pairwise_iou(first, second)
    assert found.dtype == np.float32
    assert found.shape == (len(first), len(second))
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7)


@given(some_boxes(), some_boxes())
def test_iou_is_symmetric_and_a_share(first: geometry.Boxes, second: geometry.Boxes) -> None:
    found = geometry.pairwise_iou(first, second)
    np.testing.assert_allclose(found, geometry.pairwise_iou(second, first).T, rtol=1e-6)
    assert (found >= 0).all()
    assert (found <= 1 + 1e-6).all()


@given(some_boxes(exact=True))
def test_iou_of_a_box_with_itself_is_one_unless_it_is_empty(boxes: geometry.Boxes) -> None:
    own = np.diagonal(geometry.pairwise_iou(boxes, boxes))
    np.testing.assert_allclose(own, (geometry.area(boxes) > 0).astype(np.float32), rtol=1e-6)


@pytest.mark.parametrize(
    ("first", "second", "iou"),
    [
        ((0, 0, 100, 100), (0, 0, 100, 50), 1 / 2),  # plain areas: the +1 pixel convention gives .505
        ((100, 100, 300, 300), (100, 100, 400, 300), 2 / 3),
        ((0, 0, 100, 100), (91, 0, 191, 100), 9 / 191),  # 100-pixel boxes sharing a 9-pixel strip
        ((0, 0, 10, 10), (10, 0, 20, 10), 0),
        ((0, 0, 10, 10), (20, 20, 30, 30), 0),
        ((5, 5, 5, 5), (5, 5, 5, 5), 0),
    ],
)
def test_iou_of_worked_pairs(first: tuple[float, ...], second: tuple[float, ...], iou: float) -> None:
    boxes = np.array([first, second], dtype=np.float32)
    assert geometry.pairwise_iou(boxes[:1], boxes[1:])[0, 0] == pytest.approx(iou, rel=1e-6)


@given(some_boxes())
def test_area_agrees_with_torchvision(boxes: geometry.Boxes) -> None:
    np.testing.assert_allclose(geometry.area(boxes), box_area(as_tensor(boxes)).numpy(), rtol=1e-6)


def test_an_inverted_box_has_no_area() -> None:
    assert geometry.area(np.array([[10, 10, 0, 0], [10, 0, 0, 10]], dtype=np.float32)).tolist() == [0, 0]


@given(some_boxes(), st.integers(1, 4000), st.integers(1, 4000))
def test_clipping_agrees_with_torchvision(boxes: geometry.Boxes, rows: int, columns: int) -> None:
    expected = clip_boxes_to_image(as_tensor(boxes), (rows, columns)).numpy()
    np.testing.assert_array_equal(geometry.clip(boxes, rows, columns), expected)


@given(some_boxes(), st.integers(1, 4000), st.integers(1, 4000))
def test_one_box_and_many_are_clipped_alike(boxes: geometry.Boxes, rows: int, columns: int) -> None:
    one_by_one = [Box.from_row(row).clipped(rows, columns) for row in boxes]
    np.testing.assert_array_equal(geometry.clip(boxes, rows, columns), geometry.stack(one_by_one))


@given(some_boxes())
def test_width_and_height_form_agrees_with_torchvision(boxes: geometry.Boxes) -> None:
    expected = box_convert(as_tensor(boxes), "xyxy", "xywh").numpy()
    np.testing.assert_array_equal(geometry.to_xywh(boxes), expected)


@given(some_boxes(exact=True))
def test_width_and_height_form_and_back_is_exact(boxes: geometry.Boxes) -> None:
    np.testing.assert_array_equal(geometry.from_xywh(geometry.to_xywh(boxes)), boxes)


@given(some_boxes(exact=True))
def test_centre_form_agrees_with_torchvision(boxes: geometry.Boxes) -> None:
    centred = box_convert(as_tensor(boxes), "xyxy", "cxcywh").numpy()
    np.testing.assert_array_equal(geometry.from_centres(centred[:, :2], centred[:, 2:]), boxes)


@given(some_boxes(exact=True), st.floats(0.25, 2, width=32))
def test_scaling_keeps_the_centre_and_multiplies_the_sides(boxes: geometry.Boxes, factor: float) -> None:
    scaled = geometry.scale_about_centre(boxes, factor)
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled[:, :2] + scaled[:, 2:], boxes[:, :2] + boxes[:, 2:], atol=2e-3)
    np.testing.assert_allclose(geometry.to_xywh(scaled)[:, 2:], geometry.to_xywh(boxes)[:, 2:] * factor, atol=2e-3)


def test_scaling_by_seven_eighths_is_the_winners_rescale() -> None:
    scaled = geometry.scale_about_centre(np.array([[100, 200, 180, 360]], dtype=np.float32), 0.875)
    assert scaled.tolist() == [[105, 210, 175, 350]]


@given(st.tuples(eighths, eighths), st.tuples(eighths, eighths))
def test_a_box_spans_two_points_in_any_order(first: tuple[float, float], second: tuple[float, float]) -> None:
    box = Box.spanning(first, second)
    assert box == Box.spanning(second, first)
    assert box.width >= 0
    assert box.height >= 0
    assert {box.x1, box.x2} == {first[0], second[0]}
    assert {box.y1, box.y2} == {first[1], second[1]}


@given(some_boxes(exact=True), eighths, eighths)
def test_a_moved_box_keeps_its_size(boxes: geometry.Boxes, dx: float, dy: float) -> None:
    for box in map(Box.from_row, boxes):
        moved = box.moved(dx, dy)
        assert (moved.x1 - box.x1, moved.y1 - box.y1) == (dx, dy)
        assert (moved.width, moved.height, moved.area) == (box.width, box.height, box.area)


@given(some_boxes())
def test_rows_and_boxes_are_the_same(boxes: geometry.Boxes) -> None:
    as_boxes = [Box.from_row(row) for row in boxes]
    np.testing.assert_array_equal(geometry.stack(as_boxes), boxes)
    assert all(type(box.x1) is float for box in as_boxes)
    np.testing.assert_allclose([box.area for box in as_boxes], geometry.area(boxes), rtol=1e-6, atol=1e-30)
    assert geometry.stack([]).shape == (0, 4)
