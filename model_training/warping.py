"""Affine changes of images and boxes together: one bilinear warp, and the rules for the boxes of turned images.

Frame: network pixels, x right, y down, corner origin. A matrix (2, 3) maps a source point to its place in the result.
"""

from enum import StrEnum
from math import cos, radians, sin

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from cxr_viewer.core import geometry

Matrix = NDArray[np.float64]


class BoxRule(StrEnum):
    """Which points of a box decide its place after a turn."""

    EIGHT_POINTS = "eight-points"
    """The points at 1/3 and 2/3 of every edge: the paper's "custom rotation"; boxes grow little."""
    CORNERS = "corners"
    """The four corners: the paper's "ordinary rotation"; boxes grow much."""


_POINTS = {
    BoxRule.EIGHT_POINTS: np.array(
        [(0, 1 / 3), (0, 2 / 3), (1, 1 / 3), (1, 2 / 3), (1 / 3, 0), (2 / 3, 0), (1 / 3, 1), (2 / 3, 1)]
    ),
    BoxRule.CORNERS: np.array([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]),
}


def matrix(
    side: int,
    scale: tuple[float, float] = (1.0, 1.0),
    angle_degrees: float = 0.0,
    shear_degrees: float = 0.0,
    shift: tuple[float, float] = (0.0, 0.0),
) -> Matrix:
    """Return the map about the centre of a square: scale, then turn and shear, then shift.

    Args:
        side: side of the square in pixels.
        scale: factors along x and y; a negative x factor mirrors.
        angle_degrees, shear_degrees: rotation, and the extra angle of the y axis (no tangent, as in the 2018 code).
        shift: pixels in x and y.
    """
    turn, extra = radians(angle_degrees), radians(shear_degrees)
    linear = np.array([[cos(turn), -sin(turn + extra)], [sin(turn), cos(turn + extra)]]) * np.array(scale)
    centre = np.full(2, side / 2)
    return np.concatenate([linear, (centre - linear @ centre + np.array(shift))[:, None]], axis=1)


def warp_boxes(boxes: geometry.Boxes, change: Matrix, rule: BoxRule = BoxRule.EIGHT_POINTS) -> geometry.Boxes:
    """Return the boxes (N, 4) in the warped image, not clipped.

    The new box spans the moved points of the rule. A map that neither turns nor shears takes the corners, whose answer
    is exact, so that an unturned box is returned as it is.
    """
    if np.allclose(change[[0, 1], [1, 0]], 0):
        rule = BoxRule.CORNERS
    points = boxes[:, None, :2] + _POINTS[rule][None] * (boxes[:, None, 2:] - boxes[:, None, :2])
    moved = points @ change[:, :2].T + change[:, 2]
    return np.concatenate([moved.min(axis=1), moved.max(axis=1)], axis=1).astype(np.float32)


def visible(boxes: geometry.Boxes, window: geometry.Boxes, least_share: float, least_side: float) -> geometry.Boxes:
    """Return the boxes cut to a window (4,), without those of which too little is left.

    Args:
        boxes: (N, 4).
        window: x1 y1 x2 y2 of what can be seen.
        least_share: smallest share of a box's area that must be left.
        least_side: smallest side in pixels that must be left of a cut side.
    """
    low, high = window[:2], window[2:]
    cut = np.concatenate([np.clip(boxes[:, :2], low, high), np.clip(boxes[:, 2:], low, high)], axis=1)
    sides = cut[:, 2:] - cut[:, :2]
    whole = sides >= boxes[:, 2:] - boxes[:, :2]
    keep = ((sides >= least_side) | whole).all(axis=1) & (sides.prod(axis=1) >= least_share * geometry.area(boxes))
    return np.asarray(cut[keep], dtype=np.float32)


def warp_images(images: Tensor, changes: NDArray[np.float64], black_border: Tensor) -> Tensor:
    """Return the images after one bilinear warp each.

    Args:
        images: (B, 1, S, S) float.
        changes: (B, 2, 3) float64, source to result, pixels.
        black_border: (B,) bool: what lies outside the source is black; else its edge is drawn out.
    """
    side = images.shape[-1]
    inverse = np.linalg.inv(changes[:, :, :2])
    # normalised grid coordinates n = 2 x / side - 1 on both sides of x_source = inverse (x_result - shift)
    offset = (inverse @ (side / 2 - changes[:, :, 2:])) * 2 / side - 1
    theta = torch.as_tensor(np.concatenate([inverse, offset], axis=2), dtype=images.dtype, device=images.device)
    axis = (torch.arange(side, dtype=images.dtype, device=images.device) * 2 + 1) / side - 1
    sampling = (
        theta[:, None, None, :, 0] * axis[None, None, :, None]
        + theta[:, None, None, :, 1] * axis[None, :, None, None]
        + theta[:, None, None, :, 2]
    )
    warped = functional.grid_sample(images, sampling, mode="bilinear", padding_mode="border", align_corners=False)
    chosen = torch.nonzero(black_border)[:, 0]
    if len(chosen):
        inside = (sampling[chosen].abs() <= 1).all(dim=-1)
        warped[chosen] *= inside[:, None]
    return warped
