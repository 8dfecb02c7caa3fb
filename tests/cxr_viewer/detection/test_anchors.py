"""Tests of the anchor grid and box coding against the recipe's figures and torchvision."""

import numpy as np
import pytest
import torch
from torchvision.models.detection._utils import BoxCoder

from cxr_viewer.detection.anchors import (
    LARGEST_LOG_RATIO,
    AnchorSpec,
    decode_centres,
    decode_log_sizes,
    encode,
    grid,
    map_side,
    to_corners,
)


def test_grid_at_512_has_the_recipes_counts_per_level() -> None:
    counts = [len(grid(AnchorSpec(levels=(level,)), 512)) for level in range(2, 8)]
    assert counts == [147_456, 36_864, 9_216, 2_304, 576, 144]
    assert len(grid(AnchorSpec(), 512)) == 196_560
    assert len(grid(AnchorSpec(levels=(3, 4, 5, 6, 7)), 512)) == 49_104


def test_first_anchors_sit_half_a_stride_inside_and_keep_their_area_for_every_ratio() -> None:
    anchors = grid(AnchorSpec(), 512)
    assert np.array_equal(anchors[:9, :2], np.full((9, 2), 2.0))
    areas = (anchors[:9, 2] * anchors[:9, 3]).reshape(3, 3)
    np.testing.assert_allclose(areas, np.tile([16**2, 16**2 * 2 ** (2 / 3), 16**2 * 2 ** (4 / 3)], (3, 1)), rtol=1e-5)
    np.testing.assert_allclose(anchors[:9:3, 3] / anchors[:9:3, 2], [0.5, 1, 2], rtol=1e-6)


def test_second_cell_lies_to_the_right_of_the_first() -> None:
    assert grid(AnchorSpec(), 512)[9, :2].tolist() == [6.0, 2.0]


@pytest.mark.parametrize(("side", "level", "expected"), [(512, 7, 4), (331, 5, 11), (299, 3, 38), (256, 6, 4)])
def test_map_side_rounds_up(side: int, level: int, expected: int) -> None:
    assert map_side(side, level) == expected


def test_coding_equals_torchvisions_coder_with_the_recipes_weights() -> None:
    generator = np.random.default_rng(0)
    anchors = grid(AnchorSpec(levels=(5, 6)), 256)[:50]
    boxes = to_corners(anchors) + generator.normal(0, 4, (50, 4)).astype(np.float32)
    deltas = encode(anchors, boxes)
    coder = BoxCoder(weights=(10.0, 10.0, 5.0, 5.0))
    corners = torch.from_numpy(to_corners(anchors))
    expected = coder.encode_single(torch.from_numpy(boxes), corners)
    np.testing.assert_allclose(deltas, expected.numpy(), rtol=1e-4, atol=1e-4)

    noisy = deltas + generator.normal(0, 1, deltas.shape).astype(np.float32)
    centres, sizes = decode_centres(anchors, noisy[:, :2]), np.exp(decode_log_sizes(anchors, noisy[:, 2:]))
    decoded = np.concatenate([centres - sizes / 2, centres + sizes / 2], axis=1)
    theirs = coder.decode_single(torch.from_numpy(noisy), corners)
    np.testing.assert_allclose(decoded, theirs.numpy(), rtol=1e-4, atol=1e-2)


def test_decoded_sizes_are_capped_as_torchvision_caps_them() -> None:
    anchors = np.array([[0, 0, 16, 16]], dtype=np.float32)
    log_size = decode_log_sizes(anchors, np.array([[1e6, 0]], dtype=np.float32))
    np.testing.assert_allclose(log_size, [[np.log(16) + LARGEST_LOG_RATIO, np.log(16)]], rtol=1e-6)


def test_degenerate_boxes_count_as_one_pixel_when_encoded() -> None:
    anchors = np.array([[10, 10, 16, 16]], dtype=np.float32)
    assert encode(anchors, np.array([[10, 10, 10, 10]], dtype=np.float32))[0, 2] == pytest.approx(np.log(1 / 16) / 0.2)
