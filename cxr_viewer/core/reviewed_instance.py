"""One signed review as it leaves the workstation, and the rules it keeps."""

import math
import re
from dataclasses import dataclass
from datetime import datetime

from cxr_viewer.core.findings import Finding, FindingState, ReadingContext, ReviewOutcome
from cxr_viewer.core.geometry import Box

_KEY = re.compile(r"[0-9a-f]{64}")
_OUTSIDE = 0.01  # native pixels that a box may lie outside the image by rounding


class CorrectionSetError(Exception):
    """A correction set that cannot be written or read; the message is a sentence for the reader."""


@dataclass(frozen=True, slots=True)
class ReviewedInstance:
    """One signed review of one instance, as it leaves the workstation.

    Attributes:
        key: salted instance key, 64 hexadecimal digits; the same instance of one workstation keeps its key.
        reader: who signed.
        outcome: the verdict; "no opacity" is a fact only because it stands here.
        findings: boxes in native pixels, clipped to the image.
        context: bundle and thresholds in force when it was signed.
        signed_at: time of the signature, with its zone.
        begun_at: time of the first gesture on this instance, where known.
        rows, columns: size of the image in native pixels.
    """

    key: str
    reader: str
    outcome: ReviewOutcome
    findings: tuple[Finding, ...]
    context: ReadingContext
    signed_at: datetime
    begun_at: datetime | None
    rows: int
    columns: int

    @property
    def bundle_digests(self) -> frozenset[str]:
        """Bundles that this review speaks about."""
        digests = {finding.origin.bundle_digest for finding in self.findings if finding.origin is not None}
        return frozenset(digests | {self.context.bundle_digest}) - {""}


def check(review: ReviewedInstance) -> None:
    """Raise CorrectionSetError unless the review keeps the rules of the format."""
    name = f"The review of instance {review.key[:12]}"
    if not _KEY.fullmatch(review.key):
        raise CorrectionSetError(f"{name} has no key of 64 hexadecimal digits.")
    if not review.reader:
        raise CorrectionSetError(f"{name} has no reader.")
    if review.signed_at.tzinfo is None:
        raise CorrectionSetError(f"{name} has a time without a zone.")
    if review.rows < 1 or review.columns < 1:
        raise CorrectionSetError(f"{name} has no image size.")
    if review.outcome is ReviewOutcome.NO_OPACITY and any(finding.is_asserted for finding in review.findings):
        raise CorrectionSetError(f"{name} says 'no opacity' and asserts one.")
    for finding in review.findings:
        _check_state(finding, name)
        _check_box(finding.box, review, name)
        if finding.origin is not None:
            _check_box(finding.origin.shown_box, review, name)
            _check_box(finding.origin.mean_box, review, name)


def _check_state(finding: Finding, name: str) -> None:
    is_readers_own = finding.state in (FindingState.ADDED, FindingState.REMOVED)
    if is_readers_own == (finding.origin is not None):
        origin = "an origin" if finding.origin is not None else "no origin"
        raise CorrectionSetError(f"{name} has a finding that is {finding.state} and has {origin} in the model.")


def _check_box(box: Box, review: ReviewedInstance, name: str) -> None:
    corners = (box.x1, box.y1, box.x2, box.y2)
    is_inside = (
        all(math.isfinite(value) and value >= -_OUTSIDE for value in corners)
        and box.x2 <= review.columns + _OUTSIDE
        and box.y2 <= review.rows + _OUTSIDE
    )
    if not is_inside or box.width <= 0 or box.height <= 0:
        raise CorrectionSetError(f"{name} has a box that is empty or outside the image.")
