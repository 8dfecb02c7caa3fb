"""Detections and findings as boxes over the image, with their labels."""

from dataclasses import replace
from functools import lru_cache

from cxr_viewer.core.candidates import Detections
from cxr_viewer.core.findings import Finding, FindingState
from cxr_viewer.core.geometry import Box
from cxr_viewer.ui import overlay
from cxr_viewer.ui.word_lists import words

MOST_HALOS = 40
"""So many detections, best first, show how the members differ; of more, the chosen one only: nobody could tell them."""


def boxes_of(detections: Detections, findings: tuple[Finding, ...], selected: str) -> tuple[overlay.OverlayBox, ...]:
    """Return the boxes to draw: findings, unjudged detections, and a rejected one only while it is chosen."""
    shown = _of_detections(detections, selected)
    shown += [_of_finding(finding, selected) for finding in findings if finding.is_asserted or finding.uid == selected]
    return tuple(shown)


_BESIDE = 12.0


def beside(box: Box, rows: int, columns: int) -> Box:
    """Return a box of the same size a little to the right and below, or to the other side at the edge."""
    dx = _BESIDE if box.x2 + _BESIDE <= columns else -min(_BESIDE, box.x1)
    dy = _BESIDE if box.y2 + _BESIDE <= rows else -min(_BESIDE, box.y1)
    return box.moved(dx, dy)


def _of_detections(detections: Detections, selected: str) -> list[overlay.OverlayBox]:
    """Return all detections; the sliders ask for them on every move, so arrays are turned to values at once."""
    anchors = detections.anchor_index.tolist()
    corners, scores = detections.boxes.tolist(), detections.scores.tolist()
    shown = [
        _plain(anchor, *box, score, agreeing, detections.members)
        for anchor, box, score, agreeing in zip(
            anchors, corners, scores, detections.members_agreeing.tolist(), strict=True
        )
    ]
    chosen = overlay.anchor_of(selected)
    described = [row for row, anchor in enumerate(anchors) if row < MOST_HALOS or anchor == chosen]
    lows, highs = detections.low_boxes[described].tolist(), detections.high_boxes[described].tolist()
    for row, low, high in zip(described, lows, highs, strict=True):
        inner, outer = (Box(*low), Box(*high)) if detections.members > 1 else (None, None)
        shown[row] = replace(shown[row], is_selected=anchors[row] == chosen, inner=inner, outer=outer)
    return shown


@lru_cache(maxsize=4096)
def _plain(
    anchor: int, x1: float, y1: float, x2: float, y2: float, score: float, agreeing: int, members: int
) -> overlay.OverlayBox:
    """Return a detection without halo; kept, for most are the same again at the next place of a slider."""
    return overlay.OverlayBox(
        overlay.detection_uid(anchor),
        overlay.Kind.DETECTION,
        Box(x1, y1, x2, y2),
        f"model {score:.2f} · {agreeing}/{members}",
    )


_FINDING_LABELS = {
    FindingState.ACCEPTED: "accepted",
    FindingState.ADJUSTED: "accepted, adjusted ±",
    FindingState.ADDED: "added +",
    FindingState.REJECTED: "rejected",
    FindingState.REMOVED: "removed",
}


def finding_words(finding: Finding) -> str:
    """Return what stands at a finding's box: its state, its label, and a sign that a comment goes with it."""
    state = _FINDING_LABELS[finding.state]
    if finding.reason and finding.state is FindingState.REJECTED:
        state = f"{state}: {words().reason_words(finding.reason)}"
    parts = [words().label_words(finding.label), state] if finding.label and finding.is_asserted else [state]
    return " · ".join(parts) + (" …" if finding.comment else "")


def _of_finding(finding: Finding, selected: str) -> overlay.OverlayBox:
    kinds = {FindingState.ADDED: overlay.Kind.ADDED, FindingState.REJECTED: overlay.Kind.REJECTED}
    return overlay.OverlayBox(
        uid=finding.uid,
        kind=kinds.get(finding.state, overlay.Kind.FINDING),
        box=finding.box,
        label=finding_words(finding),
        is_selected=finding.uid == selected,
    )
