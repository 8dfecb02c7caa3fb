"""A simulated reader: compares a bundle's detections with what is true and signs what a careful reader would sign.

Its correction set is a real one, as the viewer exports it, so that training from corrections can be measured where the
truth is known.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from cxr_viewer import __version__
from cxr_viewer.core import correction_set, findings, geometry, matching, suppression
from cxr_viewer.core.candidates import Detections, Detector
from cxr_viewer.core.correction_set import CorrectionSet
from cxr_viewer.core.findings import Finding, ReadingContext, ReviewOutcome
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.reviewed_instance import ReviewedInstance
from cxr_viewer.dicom import pixels, windowing
from cxr_viewer.dicom.deidentify import deidentified_file
from cxr_viewer.dicom.pseudonyms import pseudonym
from model_training.example import Example

READER = "simulated"

ACCEPTED_IOU = 0.5
"""A detection with at least this overlap is accepted as it is shown."""

ADJUSTED_IOU = 0.2
"""One with at least this is moved to the true box; the rest is rejected."""

SALT = hashlib.sha256(b"simulated reader").digest()
"""No secret: phantoms have nothing to hide, and the same images get the same keys."""


def read(
    detector: Detector, examples: Sequence[Example], out: Path, on_progress: Callable[[int, int], None] | None = None
) -> CorrectionSet:
    """Judge what a detector shows on images whose truth is known, and write the correction set.

    Args:
        detector: with the thresholds and rules of its bundle.
        examples: images with true boxes, native pixels.
        out: new folder for the set.
        on_progress: told (done, of).

    Raises:
        DicomReadError: an image cannot be read.
        FolderInUseError: ``out`` holds something.
    """
    signed_at = findings.now()

    def entries() -> Iterator[tuple[ReviewedInstance, bytes]]:
        for number, example in enumerate(examples, start=1):
            yield _review(detector, example, signed_at), deidentified_file(example.path, salt=SALT)
            if on_progress is not None:
                on_progress(number, len(examples))

    return correction_set.write(out, entries(), __version__, signed_at)


def judge(detections: Detections, truths: Sequence[Box], bundle_digest: str) -> tuple[Finding, ...]:
    """Return the findings that make detections right.

    Args:
        detections: as shown, native pixels.
        truths: what is there.
        bundle_digest: of the detector.
    """
    true_boxes = geometry.stack(tuple(truths))
    overlap = geometry.pairwise_iou(detections.boxes, true_boxes)
    least = np.nextafter(np.float32(ADJUSTED_IOU), np.float32(0))  # pairs are above a limit; this reader takes it in
    paired = dict(matching.pair(detections.boxes, true_boxes, float(least)))
    judged = []
    for index in range(len(detections)):
        accepted = findings.accept(findings.origin_of(detections, index, bundle_digest))
        if index not in paired:
            judged.append(findings.delete(accepted))
        elif overlap[index, paired[index]] >= ACCEPTED_IOU:
            judged.append(accepted)
        else:
            judged.append(findings.adjust(accepted, truths[paired[index]]))
    missed = sorted(set(range(len(truths))) - set(paired.values()))
    return (*judged, *(findings.add(truths[index]) for index in missed))


def gestures(corrections: CorrectionSet) -> dict[str, int]:
    """Return how often the reader did what."""
    counted = Counter(str(finding.state) for review in corrections.reviews for finding in review.findings)
    return {str(state): counted[str(state)] for state in findings.FindingState if counted[str(state)]}


def _review(detector: Detector, example: Example, signed_at: datetime) -> ReviewedInstance:
    decoded = pixels.decode(example.path)
    image = windowing.presentation(decoded)
    shown = suppression.select(detector.detect(image), detector.thresholds, detector.rules)
    judged = judge(shown, example.boxes, detector.digest)
    rows, columns = image.shape
    return ReviewedInstance(
        key=pseudonym(SALT, "instance", decoded.key).hex(),
        reader=READER,
        outcome=ReviewOutcome.OPACITY if any(own.is_asserted for own in judged) else ReviewOutcome.NO_OPACITY,
        findings=judged,
        context=ReadingContext(detector.digest, detector.thresholds),
        signed_at=signed_at,
        begun_at=None,
        rows=rows,
        columns=columns,
    )
