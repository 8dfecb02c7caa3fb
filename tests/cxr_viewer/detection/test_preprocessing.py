"""Tests of the letterbox: where pixels go and that boxes come back exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cxr_viewer.detection.preprocessing import letterbox, letterbox_of, network_input, prepared


def test_square_image_fills_the_input() -> None:
    image = np.full((64, 64), 200, dtype=np.uint8)
    square, placement = letterbox(image, 32)
    assert (square == 200).all()
    assert (placement.left, placement.top, placement.scale_x, placement.scale_y) == (0, 0, 0.5, 0.5)


def test_wide_image_is_centred_on_black() -> None:
    square, placement = letterbox(np.full((50, 100), 255, dtype=np.uint8), 40)
    assert (placement.left, placement.top) == (0, 10)
    assert (square[10:30] == 255).all()
    assert not square[:10].any()
    assert not square[30:].any()


def test_resampling_equals_pillows() -> None:
    image = np.random.default_rng(0).integers(0, 256, (90, 60), dtype=np.uint8)
    square, placement = letterbox(image, 45)
    expected = np.asarray(Image.fromarray(image).resize((30, 45), Image.Resampling.BILINEAR))
    assert np.array_equal(square[:, placement.left : placement.left + 30], expected)


def test_a_bright_patch_is_where_the_mapped_box_says() -> None:
    image = np.zeros((333, 517), dtype=np.uint8)
    image[100:200, 300:400] = 255
    square, placement = letterbox(image, 256)
    x1, y1, x2, y2 = placement.to_network(np.array([[300, 100, 400, 200]], dtype=np.float32))[0]
    rows, columns = np.nonzero(square > 127)
    assert (columns.min(), rows.min()) == pytest.approx((x1, y1), abs=1)
    assert (columns.max() + 1, rows.max() + 1) == pytest.approx((x2, y2), abs=1)


@given(
    rows=st.integers(1, 5000),
    columns=st.integers(1, 5000),
    side=st.sampled_from([128, 256, 331, 512]),
    corners=st.tuples(*[st.floats(0, 1) for _ in range(4)]),
)
def test_boxes_map_there_and_back(rows: int, columns: int, side: int, corners: tuple[float, ...]) -> None:
    box = np.array([corners], dtype=np.float32) * np.array([columns, rows, columns, rows], dtype=np.float32)
    placement = letterbox_of(rows, columns, side)
    inside = placement.to_network(box)
    assert inside.min() >= -1e-3
    assert inside.max() <= side + 1e-3
    np.testing.assert_allclose(placement.to_native(inside), box, atol=max(rows, columns) * 1e-6 + 1e-3)


def test_log_sizes_and_centres_agree_with_boxes() -> None:
    placement = letterbox_of(480, 641, 256)
    box = np.array([[10, 20, 110, 70]], dtype=np.float32)
    native = placement.to_native(box)
    centre = placement.centres_to_native(box[:, :2] / 2 + box[:, 2:] / 2)
    size = np.exp(placement.log_sizes_to_native(np.log(box[:, 2:] - box[:, :2])))
    np.testing.assert_allclose(centre, (native[:, :2] + native[:, 2:]) / 2, rtol=1e-6)
    np.testing.assert_allclose(size, native[:, 2:] - native[:, :2], rtol=1e-5)


def test_network_input_lies_between_zero_and_one() -> None:
    tensor = network_input(np.array([[0, 255], [51, 102]], dtype=np.uint8))
    assert tensor.shape == (1, 1, 2, 2)
    np.testing.assert_allclose(tensor[0, 0], np.array([[0.0, 1.0], [0.2, 0.4]]), rtol=1e-6)


def test_a_prepared_image_keeps_its_native_size_and_so_its_placement() -> None:
    image = np.random.default_rng(3).integers(0, 256, (61, 47), dtype=np.uint8)
    square, placement = letterbox(image, 32)
    entry = prepared(image, 32)
    np.testing.assert_array_equal(entry.square, square)
    assert letterbox_of(entry.rows, entry.columns, 32) == placement
