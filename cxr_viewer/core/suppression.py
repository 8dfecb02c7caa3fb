"""From candidates to detections: size, score, non-maximum suppression, relative suppression, scale.

Order and constants follow the published post-processing of the 2018 recipe (decode, clip, score, NMS, relative
suppression). The sliders call ``select`` on every move, so it is numpy only and quick; training and scans use it too.
"""

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core import geometry
from cxr_viewer.core.candidates import Candidates, Detections, SelectionRules, Thresholds

SMALLEST_SHRINK = 0.5
"""Percentile shrink may not go below this share of the 20th percentile size; the published rule is unbounded."""

_SMALLEST_SIDE = 1.0  # native pixels; thinner boxes are degenerate
_BLOCK = 64  # rows of the overlap matrix computed at once: few calls of numpy, and few rows for nothing


def consensus_log_size(candidates: Candidates, size: float | None) -> NDArray[np.float32]:
    """Return log width and height (N, 2) for a size setting: the mean, or ``low - s * (high - low)`` (clamped)."""
    if size is None:
        return candidates.log_size_mean
    low = candidates.log_size_low
    shrink = np.float32(size) * (candidates.log_size_high - low)
    return np.asarray(low - np.minimum(shrink, np.float32(-np.log(SMALLEST_SHRINK))), dtype=np.float32)


def non_maximum_suppression(boxes: geometry.Boxes, scores: NDArray[np.float32], overlap: float) -> NDArray[np.intp]:
    """Return indices of kept boxes, best score first.

    A box is dropped when its IoU with a better kept box is greater than ``overlap`` (strictly, plain areas, as
    torchvision.ops.nms does). Ties in score keep the earlier box.
    """
    order = np.argsort(-scores, kind="stable")
    ordered = boxes[order]
    is_kept = np.ones(len(order), dtype=np.bool_)
    for start in range(0, len(order), _BLOCK):
        rivals = start + np.flatnonzero(is_kept[start : start + _BLOCK])
        is_apart = geometry.pairwise_iou(ordered[rivals], ordered[start:]) <= overlap
        for row, place in enumerate(rivals):
            if is_kept[place]:
                is_kept[place + 1 :] &= is_apart[row, place + 1 - start :]
    return order[is_kept]


def select(candidates: Candidates, thresholds: Thresholds, rules: SelectionRules) -> Detections:
    """Keep what scores enough and overlaps nothing better, at the size that is asked for.

    The relative rule compares with the best kept score; ``rules.scale`` is applied last, about the centres.
    """
    scores = candidates.scores
    passing = np.flatnonzero(scores >= thresholds.score)
    found, scores = candidates.subset(passing), scores[passing]
    boxes = found.boxes_of(consensus_log_size(found, thresholds.size))
    sides = boxes[:, 2:] - boxes[:, :2]
    solid = np.flatnonzero((sides >= _SMALLEST_SIDE).all(axis=1))
    boxes, scores = boxes[solid], scores[solid]

    kept = non_maximum_suppression(boxes, scores, thresholds.overlap)
    if len(kept):
        kept = kept[scores[kept] >= rules.relative * scores[kept[0]]]
    found, boxes, scores = found.subset(solid[kept]), boxes[kept], scores[kept]

    if rules.scale != 1:
        boxes = geometry.clip(geometry.scale_about_centre(boxes, rules.scale), found.rows, found.columns)
    return Detections(
        boxes=boxes,
        scores=scores,
        anchor_index=found.anchor_index,
        members_agreeing=(found.member_scores >= thresholds.score).sum(axis=1).astype(np.int32),
        members=found.members,
        mean_boxes=found.mean_boxes,
        low_boxes=found.boxes_of(found.log_size_low),
        high_boxes=found.boxes_of(found.log_size_high),
    )
