"""Assigns boxes to anchors: which anchors are positive, negative or ignored, and the deltas that they should predict.

Rules of the 2018 recipe (facts section 2): a positive anchor has IoU >= 0.5 with its best box, a negative one < 0.4,
the band between is ignored; no anchor is forced unless asked for.
"""

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from cxr_viewer.detection.anchors import CODE_STD

POSITIVE: Final = 1
NEGATIVE: Final = 0
IGNORED: Final = -1


@dataclass(frozen=True, slots=True)
class AssignmentRules:
    """When an anchor belongs to a box.

    Attributes:
        positive_iou, negative_iou: at least this is positive, below this is negative.
        force_best: the best anchor of each box is positive whatever its IoU (torchvision's low-quality matches, but
            one anchor per box); off in the recipe, on for small networks whose grid is coarse.
        hard_negative_weight: weight of the classification loss of anchors on a place that a reader rejected.
    """

    positive_iou: float = 0.5
    negative_iou: float = 0.4
    force_best: bool = False
    hard_negative_weight: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What the anchors of one image should say.

    Attributes:
        labels: (A,) int8, POSITIVE, NEGATIVE or IGNORED.
        positives: (P,) int64, indices of the positive anchors.
        deltas: (P, 4) float32, std-normalised deltas of the positive anchors to their boxes.
        weights: (A,) float32, weight of the classification loss.
    """

    labels: Tensor
    positives: Tensor
    deltas: Tensor
    weights: Tensor


def corners(anchors: Tensor) -> Tensor:
    """Return x1 y1 x2 y2 of boxes given as centre x, centre y, width, height; (N, 4)."""
    half = anchors[:, 2:] / 2
    return torch.cat([anchors[:, :2] - half, anchors[:, :2] + half], dim=1)


def pairwise_iou(first: Tensor, second: Tensor) -> Tensor:
    """Return plain IoU (N, M) of boxes given as x1 y1 x2 y2."""
    low = torch.maximum(first[:, None, :2], second[None, :, :2])
    high = torch.minimum(first[:, None, 2:], second[None, :, 2:])
    intersection = (high - low).clamp(min=0).prod(dim=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).clamp(min=0).prod(dim=1) for boxes in (first, second)]
    union = areas[0][:, None] + areas[1][None, :] - intersection
    return intersection / union.clamp(min=torch.finfo(union.dtype).tiny)


def encode(anchors: Tensor, boxes: Tensor) -> Tensor:
    """Return std-normalised deltas (N, 4) from anchors (centre form) to boxes (corner form), whose sides count as >= 1.

    dx = (gx - ax) / aw / 0.1, dw = ln(gw / aw) / 0.2, and the like for y and h (facts section 2).
    """
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    sides = (boxes[:, 2:] - boxes[:, :2]).clamp(min=1)
    deltas = torch.cat([(centres - anchors[:, :2]) / anchors[:, 2:], torch.log(sides / anchors[:, 2:])], dim=1)
    return deltas / deltas.new_tensor(CODE_STD)


def assign(
    anchors: Tensor, boxes: Tensor, rules: AssignmentRules = AssignmentRules(), hard_negatives: Tensor | None = None
) -> Targets:
    """Return the targets of one image.

    Args:
        anchors: (A, 4) float32, centre x, centre y, width, height, network pixels.
        boxes: (G, 4) float32, x1 y1 x2 y2, network pixels; may be empty, then every anchor is negative.
        rules: when an anchor belongs to a box.
        hard_negatives: (H, 4), boxes that a reader rejected: anchors there are negative, and weigh more, unless they
            belong to a true box.
    """
    anchor_corners = corners(anchors)
    labels = torch.zeros(len(anchors), dtype=torch.int8, device=anchors.device)
    matched = torch.zeros(len(anchors), dtype=torch.int64, device=anchors.device)
    if len(boxes):
        iou = pairwise_iou(anchor_corners, boxes)
        best, matched = iou.max(dim=1)
        labels[best >= rules.negative_iou] = IGNORED
        labels[best >= rules.positive_iou] = POSITIVE
        if rules.force_best:
            forced = iou.argmax(dim=0)
            labels[forced] = POSITIVE
            matched[forced] = torch.arange(len(boxes), device=anchors.device)
    weights = torch.ones(len(anchors), device=anchors.device)
    if hard_negatives is not None and len(hard_negatives):
        rejected = pairwise_iou(anchor_corners, hard_negatives).amax(dim=1) >= rules.negative_iou
        rejected &= labels != POSITIVE
        labels[rejected] = NEGATIVE
        weights[rejected] = rules.hard_negative_weight
    positives = torch.nonzero(labels == POSITIVE)[:, 0]
    deltas = encode(anchors[positives], boxes[matched[positives]]) if len(boxes) else anchors.new_zeros((0, 4))
    return Targets(labels, positives, deltas, weights)
