"""Pairs boxes with boxes, and detections with what the reader already judged."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core import geometry
from cxr_viewer.core.candidates import Detections
from cxr_viewer.core.findings import Finding, FindingState

SAME_PLACE_IOU = 0.5
"""A detection that overlaps a judged box by more than this shows the same place."""


def pair(first: geometry.Boxes, second: geometry.Boxes, least_iou: float) -> list[tuple[int, int]]:
    """Return one-to-one pairs (index in first, index in second) with IoU above ``least_iou``, best IoU first.

    Greedy; ties go to the lower indices, so that the answer does not depend on anything but the boxes.
    """
    iou = geometry.pairwise_iou(first, second)
    pairs: list[tuple[int, int]] = []
    order = np.argsort(-iou, axis=None, kind="stable")
    taken_first, taken_second = set[int](), set[int]()
    for flat in order:
        i, j = divmod(int(flat), iou.shape[1])
        if iou[i, j] <= least_iou:
            break
        if i not in taken_first and j not in taken_second:
            pairs.append((i, j))
            taken_first.add(i)
            taken_second.add(j)
    return pairs


def is_judged(detections: Detections, findings: Iterable[Finding], bundle_digest: str) -> NDArray[np.bool_]:
    """Return for each detection whether the reader judged it already, shape (N,).

    The same anchor of the same bundle is the same detection. A neighbouring anchor that takes its place when the
    sliders move is recognised by overlap with the box that was shown or drawn. A removed finding judges nothing.
    """
    live = [finding for finding in findings if finding.state is not FindingState.REMOVED]
    origins = [finding.origin for finding in live if finding.origin is not None]
    anchors = [origin.anchor_index for origin in origins if origin.bundle_digest == bundle_digest]
    judged = np.isin(detections.anchor_index, np.array(anchors, dtype=np.int32))
    places = [finding.box for finding in live]
    places += [origin.shown_box for origin in origins]
    if places and len(detections):
        overlap = geometry.pairwise_iou(detections.boxes, geometry.stack(places))
        judged |= overlap.max(axis=1) > SAME_PLACE_IOU
    return judged


def unjudged(detections: Detections, findings: Iterable[Finding], bundle_digest: str) -> Detections:
    """Return the detections that still wait for the reader."""
    return detections.subset(~is_judged(detections, findings, bundle_digest))
