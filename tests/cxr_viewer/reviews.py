"""Journals with signed reviews of invented radiographs, for tests of what leaves the workstation."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cxr_viewer.core.candidates import Thresholds
from cxr_viewer.core.findings import Finding, ReadingContext, Review, ReviewOutcome
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.dicom import pixels
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.records import KnownInstance
from tests.factories import BUNDLE_DIGEST

CONTEXT = ReadingContext(BUNDLE_DIGEST, Thresholds(0.3, 0.1))
SIGNED_AT = datetime(2024, 5, 6, 12, tzinfo=UTC)


def sign(
    journal: Journal,
    path: Path,
    outcome: ReviewOutcome = ReviewOutcome.OPACITY,
    findings: Sequence[Finding] = (),
    reader: str = "ada",
    days: int = 0,
    comment: str = "",
) -> InstanceKey:
    """Let a reader make findings on the image of a file and sign it; return its key."""
    decoded = pixels.decode(path)
    rows, columns = decoded.pixels.shape
    journal.remember_instance(KnownInstance(decoded.key, rows, columns, path))
    for finding in findings:
        journal.append_finding(decoded.key, finding, reader, CONTEXT, "Edit")
    signed_at = SIGNED_AT + timedelta(days=days)
    journal.append_review(decoded.key, Review(outcome, reader, signed_at, CONTEXT, comment))
    return decoded.key
