"""Detections and findings as boxes over the image, with their labels."""

from cxr_viewer.core.candidates import Detections
from cxr_viewer.core.findings import Finding, FindingState
from cxr_viewer.core.geometry import Box, Boxes
from cxr_viewer.ui import overlay


def boxes_of(detections: Detections, findings: tuple[Finding, ...], selected: str) -> tuple[overlay.OverlayBox, ...]:
    """Return the boxes to draw: findings, unjudged detections, and a rejected one only while it is chosen."""
    shown = [_of_detection(detections, row, selected) for row in range(len(detections))]
    shown += [_of_finding(finding, selected) for finding in findings if finding.is_asserted or finding.uid == selected]
    return tuple(shown)


def _of_detection(detections: Detections, row: int, selected: str) -> overlay.OverlayBox:
    uid = overlay.detection_uid(int(detections.anchor_index[row]))
    agreeing = int(detections.members_agreeing[row])
    return overlay.OverlayBox(
        uid=uid,
        kind=overlay.Kind.DETECTION,
        box=Box.from_row(detections.boxes[row]),
        label=f"model {float(detections.scores[row]):.2f} · {agreeing}/{detections.members}",
        is_selected=uid == selected,
        inner=_halo(detections.low_boxes[row], detections),
        outer=_halo(detections.high_boxes[row], detections),
    )


def _halo(row: Boxes, detections: Detections) -> Box | None:
    return Box.from_row(row) if detections.members > 1 else None


_FINDING_LABELS = {
    FindingState.ACCEPTED: "accepted",
    FindingState.ADJUSTED: "accepted, adjusted ±",
    FindingState.ADDED: "added +",
    FindingState.REJECTED: "rejected",
    FindingState.REMOVED: "removed",
}


def finding_words(finding: Finding) -> str:
    """Return a finding's state in the words of its label."""
    return _FINDING_LABELS[finding.state]


def _of_finding(finding: Finding, selected: str) -> overlay.OverlayBox:
    kinds = {FindingState.ADDED: overlay.Kind.ADDED, FindingState.REJECTED: overlay.Kind.REJECTED}
    return overlay.OverlayBox(
        uid=finding.uid,
        kind=kinds.get(finding.state, overlay.Kind.FINDING),
        box=finding.box,
        label=finding_words(finding),
        is_selected=finding.uid == selected,
    )
