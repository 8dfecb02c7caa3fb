"""Turns correction sets into examples: what readers signed is what is learned.

The mean box of an accepted finding is learned, not the shown one, else every loop would shrink boxes further; of an
adjusted or added one the drawn box; a rejected detection is a hard negative. "No opacity" is a fact only where a review
says so, and an unreadable image teaches nothing.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from cxr_viewer.core import geometry, matching
from cxr_viewer.core.correction_set import CorrectionSet, ReviewedInstance
from cxr_viewer.core.correction_set import read as read_set
from cxr_viewer.core.findings import Finding, FindingState, ReviewOutcome
from cxr_viewer.core.geometry import Box
from model_training.example import Example, ImageClass
from model_training.label_files import Labelled

SOURCE = "corrections"
"""Source of every example that comes from a correction set: recipes may give it a share of its own."""


def read(folders: Sequence[Path]) -> Labelled:
    """Return the examples of correction sets, one per instance that says something, in the order of their reviews.

    Of several reviews of one instance, in one set or in several, the last signed one counts. What teaches nothing is
    named: an unreadable image, and an opacity of which nobody said where it is.

    Raises:
        CorrectionSetError: a set is missing, cut or of an unknown version.
    """
    latest: dict[str, tuple[CorrectionSet, ReviewedInstance]] = {}
    left_out: list[str] = []
    for corrections in map(read_set, folders):
        for review in corrections.reviews:
            known = latest.get(review.key)
            if known is not None:
                newer = review.signed_at >= known[1].signed_at
                older = known if newer else (corrections, review)
                left_out.append(f"{_place(*older)}: a later review of the same image counts")
            if known is None or newer:
                latest[review.key] = corrections, review
    examples = []
    for corrections, review in latest.values():
        if reason := _unusable(review):
            left_out.append(f"{_place(corrections, review)}: {reason}")
        else:
            examples.append(_example(corrections, review))
    return Labelled(tuple(examples), tuple(left_out), unknown_persons=len(examples))


def _place(corrections: CorrectionSet, review: ReviewedInstance) -> str:
    return f"{corrections.folder}, {review.key[:12]} signed {review.signed_at.isoformat(timespec='seconds')}"


def _unusable(review: ReviewedInstance) -> str:
    if review.outcome is ReviewOutcome.UNREADABLE:
        return "the reader found it unreadable"
    if review.outcome is ReviewOutcome.OPACITY and not any(map(learned_box, review.findings)):
        return "it says opacity but has no box: nothing is known about where"
    return ""


def learned_box(finding: Finding) -> Box | None:
    """Return the box that training learns from a finding, or None when it asserts no opacity."""
    if finding.state is FindingState.ACCEPTED and finding.origin is not None:
        return finding.origin.mean_box
    return finding.box if finding.is_asserted else None


def _example(corrections: CorrectionSet, review: ReviewedInstance) -> Example:
    boxes = tuple(box for finding in review.findings if (box := learned_box(finding)) is not None)
    is_negative = review.outcome is ReviewOutcome.NO_OPACITY
    return Example(
        path=corrections.image_path(review.key),
        key=review.key,
        boxes=boxes,
        image_class=ImageClass.NO_OPACITY if is_negative else ImageClass.OPACITY,
        person=review.key,  # a correction set names no persons: only its readers and keys leave a workstation
        source=SOURCE,
        hard_negatives=tuple(_hard_negatives(review.findings, boxes)),
        reader=review.reader,
        stated_size=(review.rows, review.columns),
    )


def _hard_negatives(findings: Iterable[Finding], boxes: Sequence[Box]) -> Iterable[Box]:
    """Yield rejected places; one that a true box overlaps was rejected for its shape, not for its place."""
    for finding in findings:
        if finding.state is not FindingState.REJECTED or finding.origin is None:
            continue
        place = finding.origin.mean_box
        if boxes and geometry.pairwise_iou(place.as_array(), geometry.stack(tuple(boxes))).max() > _SAME_PLACE:
            continue
        yield place


_SAME_PLACE = matching.SAME_PLACE_IOU
