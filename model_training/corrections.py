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

SOURCE = "corrections"
"""Source of every example that comes from a correction set: recipes may give it a share of its own."""


def read(folders: Sequence[Path]) -> list[Example]:
    """Return the examples of correction sets, one per readable instance.

    Of several reviews of one instance the last signed one counts.

    Raises:
        CorrectionSetError: a set is missing, cut or of an unknown version.
    """
    return [example for folder in folders for example in examples_of(read_set(folder))]


def examples_of(corrections: CorrectionSet) -> list[Example]:
    """Return the examples of one correction set, in the order of its reviews."""
    latest: dict[str, ReviewedInstance] = {}
    for review in corrections.reviews:
        known = latest.get(review.key)
        if known is None or review.signed_at >= known.signed_at:
            latest[review.key] = review
    return [
        _example(corrections, review) for review in latest.values() if review.outcome is not ReviewOutcome.UNREADABLE
    ]


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
        person=review.key,  # a correction set names no persons
        source=SOURCE,
        hard_negatives=tuple(_hard_negatives(review.findings, boxes)),
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
