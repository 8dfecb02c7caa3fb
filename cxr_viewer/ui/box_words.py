"""What the tooltip of a box says: whose it is, which model and version, its score, votes and the members' spread."""

from cxr_viewer.core.candidates import Detections
from cxr_viewer.core.findings import Finding, Origin
from cxr_viewer.core.geometry import Box
from cxr_viewer.dicom.pixel_header import PixelHeader
from cxr_viewer.ui import overlay
from cxr_viewer.ui.finding_model import size_text
from cxr_viewer.ui.model_facts import ModelFacts
from cxr_viewer.ui.session_boxes import finding_words


def words_of_detection(detections: Detections, row: int, model: ModelFacts, header: PixelHeader) -> str:
    """Return the words of a detection: model and version, score, votes, and what the dotted lines mean."""
    lines = [
        f"Model {model.name}: score {float(detections.scores[row]):.2f}, "
        f"{int(detections.members_agreeing[row])} of {detections.members} members reach the threshold",
        size_text(Box.from_row(detections.boxes[row]), header),
    ]
    if detections.members > 1:
        low, high = (
            size_text(Box.from_row(boxes[row]), header) for boxes in (detections.low_boxes, detections.high_boxes)
        )
        lines.append(f"Dotted: 20th to 80th percentile of the members' sizes, {low} to {high}")
    return "\n".join(lines)


def words_of_finding(finding: Finding, model: ModelFacts | None, header: PixelHeader) -> str:
    """Return the words of a finding: its state and size, and which model it came from."""
    state = finding_words(finding).rstrip(" +±…")
    lines = [f"{state[0].upper()}{state[1:]} by you", size_text(finding.box, header)]
    if finding.comment:
        lines.append(f"“{finding.comment}”")
    if finding.origin is not None:
        lines.append(f"From {_model_words(finding.origin, model)}, score {finding.origin.score:.2f}")
    return "\n".join(lines)


def words_at(
    uid: str, detections: Detections, findings: tuple[Finding, ...], model: ModelFacts | None, header: PixelHeader
) -> str:
    """Return the words of the box of that name, "" when there is none."""
    for row, anchor in enumerate(detections.anchor_index):
        if model is not None and overlay.detection_uid(int(anchor)) == uid:
            return words_of_detection(detections, row, model, header)
    return next((words_of_finding(finding, model, header) for finding in findings if finding.uid == uid), "")


def _model_words(origin: Origin, model: ModelFacts | None) -> str:
    if model is not None and origin.bundle_digest == model.digest:
        return f"model {model.name}"
    return f"another model (bundle {origin.bundle_digest[:8]}…)"
