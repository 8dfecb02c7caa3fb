"""The anchor grid that all members of an ensemble share, and the coding of boxes against it.

Anchors follow the 2018 recipe: centres at (i + 0.5) * stride, no rounding of sizes, nine per cell (three ratios times
three scales). The area of an anchor is (base * scale)^2 for every ratio. Network frame: pixels of the square input.
"""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

CODE_STD = np.array([0.1, 0.1, 0.2, 0.2], dtype=np.float32)
"""Units of dx, dy, dw, dh: the network predicts offsets divided by these."""

LARGEST_LOG_RATIO = log(1000 / 16)
"""Upper limit of ln(size / anchor size) when decoding, as torchvision's box coder has it (4.135)."""


@dataclass(frozen=True, slots=True)
class AnchorSpec:
    """What defines a grid.

    Attributes:
        levels: pyramid levels, ascending; level L has stride 2**L.
        base: anchor side at scale 1 in strides (4 gives 16 px at P2).
        ratios: height over width.
        scales: multiples of the base side.
    """

    levels: tuple[int, ...] = (2, 3, 4, 5, 6, 7)
    base: float = 4.0
    ratios: tuple[float, ...] = (0.5, 1.0, 2.0)
    scales: tuple[float, ...] = (1.0, 2 ** (1 / 3), 2 ** (2 / 3))

    @property
    def per_cell(self) -> int:
        """Anchors at one place of one level."""
        return len(self.ratios) * len(self.scales)


def map_side(input_side: int, level: int) -> int:
    """Return the side of a level's feature map: ceil(input side / stride)."""
    return -(-input_side // (1 << level))


def grid(spec: AnchorSpec, input_side: int) -> Array:
    """Return all anchors, (A, 4) float32: centre x, centre y, width, height in network pixels.

    Order: level, row, column, ratio, scale; a head's output of shape (B, per_cell * K, H, W) is brought to it by
    moving channels last and flattening.
    """
    return np.concatenate([_level(spec, input_side, level) for level in spec.levels])


def _level(spec: AnchorSpec, input_side: int, level: int) -> Array:
    stride = 2**level
    sizes = np.array(
        [
            (stride * spec.base * scale / ratio**0.5, stride * spec.base * scale * ratio**0.5)
            for ratio in spec.ratios
            for scale in spec.scales
        ],
        dtype=np.float32,
    )
    cells = map_side(input_side, level)
    centre = (np.arange(cells, dtype=np.float32) + 0.5) * stride
    rows, columns = np.meshgrid(centre, centre, indexing="ij")
    centres = np.stack([columns, rows], axis=-1).reshape(-1, 1, 2)
    shape = (cells * cells, len(sizes), 2)
    cell_anchors = np.concatenate([np.broadcast_to(centres, shape), np.broadcast_to(sizes[None], shape)], axis=2)
    return cell_anchors.reshape(-1, 4).astype(np.float32)


def to_corners(anchors: Array) -> Array:
    """Return anchors as x1 y1 x2 y2, (A, 4)."""
    half = anchors[:, 2:] / 2
    return np.concatenate([anchors[:, :2] - half, anchors[:, :2] + half], axis=1)


def decode_centres(anchors: Array, deltas: Array) -> Array:
    """Return centres (N, 2) in network pixels from anchors (N, 4) and predicted dx, dy (N, 2)."""
    centres: Array = anchors[:, :2] + deltas * CODE_STD[:2] * anchors[:, 2:]
    return centres


def decode_log_sizes(anchors: Array, deltas: Array) -> Array:
    """Return ln width and ln height (N, 2) in network pixels from predicted dw, dh (N, 2)."""
    logs: Array = np.log(anchors[:, 2:]) + np.minimum(deltas * CODE_STD[2:], np.float32(LARGEST_LOG_RATIO))
    return logs


def encode(anchors: Array, boxes: Array) -> Array:
    """Return the deltas (N, 4) that make ``boxes`` (N, 4, x1 y1 x2 y2) of ``anchors``; sides count as 1 px at least."""
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 1)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    shift = (centres - anchors[:, :2]) / anchors[:, 2:]
    stretch = np.log(sides / anchors[:, 2:])
    return (np.concatenate([shift, stretch], axis=1) / CODE_STD).astype(np.float32)
