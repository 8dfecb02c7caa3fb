"""Boxes of an image that is only looked at: the reader's own findings, and the model's opinion where it is known."""

from cxr_viewer.core import gate, matching, suppression
from cxr_viewer.core.candidates import Detections, no_detections
from cxr_viewer.core.findings import Finding, FindingState
from cxr_viewer.store.errors import StoreError
from cxr_viewer.ui import session_boxes
from cxr_viewer.ui.detection_runner import DetectionRunner
from cxr_viewer.ui.overlay import OverlayBox
from cxr_viewer.ui.reading import Reading
from cxr_viewer.ui.review_session import ReviewSession


def boxes_of(reading: Reading, session: ReviewSession, runner: DetectionRunner) -> tuple[OverlayBox, ...]:
    """Return what is known of another image than the one that is read; nothing is computed for it, nothing chosen."""
    findings = _findings(reading, session)
    return session_boxes.boxes_of(_detections(reading, findings, session, runner), findings, "")


def _findings(reading: Reading, session: ReviewSession) -> tuple[Finding, ...]:
    if session.journal is None:
        return ()
    try:
        found = session.journal.current_findings(reading.key, session.reader)
    except StoreError:
        return ()
    return tuple(finding for finding in found if finding.state is not FindingState.REMOVED)


def _detections(
    reading: Reading, findings: tuple[Finding, ...], session: ReviewSession, runner: DetectionRunner
) -> Detections:
    model, thresholds = session.model, session.thresholds
    is_corrected = reading.image.header.is_polarity_corrected
    candidates = runner.known(reading.key, is_polarity_corrected=is_corrected) if model else None
    if model is None or thresholds is None or candidates is None:
        return no_detections(0)
    if gate.first_withheld(reading.verdict, gate.learned_verdict(candidates.gate)).withheld:
        return no_detections(model.members)
    found = suppression.select(candidates, thresholds, model.rules)
    return matching.unjudged(found, findings, model.digest)
