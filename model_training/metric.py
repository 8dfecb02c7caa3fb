"""The RSNA challenge's metric: mean precision of boxes over IoU thresholds 0.40 to 0.75 (facts section 6).

Official rule: a hit has IoU greater than the threshold, boxes are taken by score, best first, one box for one truth; an
image with neither boxes nor truths is left out of the mean. The public kernels differ: they count IoU equal to the
threshold and go through the truths; that rule is here by name, for comparison with published figures.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core import geometry

IOU_THRESHOLDS = (8 / 20, 9 / 20, 10 / 20, 11 / 20, 12 / 20, 13 / 20, 14 / 20, 15 / 20)
"""As quotients: ``arange(0.4, 0.8, 0.05)`` has 0.6499999999999999, which a box of IoU 0.65 would pass."""


class HitRule(StrEnum):
    """When a box hits a truth, and in which order they are paired."""

    OFFICIAL = "official"
    """IoU > t; boxes in order of score, each takes the free truth that it overlaps most."""
    KERNEL = "kernel"
    """IoU >= t; truths in their order, each takes the best-scored free box (the public evaluation kernel)."""


def exact_iou(boxes: geometry.Boxes, truths: geometry.Boxes) -> NDArray[np.float64]:
    """Return IoU (P, G) in double precision, so that ties at a threshold are ties."""
    first, second = boxes.astype(np.float64), truths.astype(np.float64)
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    intersection = np.clip(high - low, 0, None).prod(axis=2)
    areas = [np.clip(b[:, 2:] - b[:, :2], 0, None).prod(axis=1) for b in (first, second)]
    union = areas[0][:, None] + areas[1][None, :] - intersection
    shares: NDArray[np.float64] = np.divide(intersection, union, out=np.zeros_like(intersection), where=union > 0)
    return shares


def pair(iou: NDArray[np.float64], threshold: float) -> NDArray[np.int64]:
    """Return the truth that each box finds by the official rule, (P,), -1 for none; boxes in order of score.

    Args:
        iou: (P, G).
        threshold: on IoU.
    """
    boxes, truths = iou.shape
    found = np.full(boxes, -1, dtype=np.int64)
    taken = np.zeros(truths, dtype=np.bool_)
    for box in range(boxes if truths else 0):
        overlap = np.where(taken, -1.0, iou[box])
        best = int(np.argmax(overlap))
        if overlap[best] > threshold:
            taken[best] = True
            found[box] = best
    return found


def match(iou: NDArray[np.float64], threshold: float, rule: HitRule = HitRule.OFFICIAL) -> NDArray[np.bool_]:
    """Return which boxes hit, (P,), for boxes in order of score.

    Args:
        iou: (P, G).
        threshold: on IoU.
        rule: see HitRule.
    """
    if rule is HitRule.KERNEL:
        hits = np.zeros(len(iou), dtype=np.bool_)
        for truth in range(iou.shape[1]):
            free = np.flatnonzero((iou[:, truth] >= threshold) & ~hits)
            hits[free[:1]] = True
        return hits
    return pair(iou, threshold) >= 0


def image_score(boxes: geometry.Boxes, truths: geometry.Boxes, rule: HitRule = HitRule.OFFICIAL) -> float | None:
    """Return the mean over the IoU thresholds of hits / (hits + false boxes + missed truths).

    Args:
        boxes: (P, 4), best score first.
        truths: (G, 4).
        rule: see HitRule.

    Returns:
        The score in [0, 1]; None when there is neither box nor truth: such an image is left out of the mean.
    """
    if not len(boxes) and not len(truths):
        return None
    if not len(boxes) or not len(truths):
        return 0.0
    iou = exact_iou(boxes, truths)
    total = 0.0
    for threshold in IOU_THRESHOLDS:
        hits = int(match(iou, threshold, rule).sum())
        total += hits / (len(boxes) + len(truths) - hits)
    return total / len(IOU_THRESHOLDS)
