"""The assessment ledger: what a reader made of each box of the model, and each box of their own; one line each.

The words are those of IHE "AI Result Assessment for Imaging": an AI result is accepted, modified or rejected, or the
reader adds what it lacks. ``docs/ledger.md`` describes every field.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cxr_viewer.core import geometry
from cxr_viewer.core.findings import DisplayWindow, Finding, FindingState, Origin, ReadingContext, ReviewOutcome
from cxr_viewer.core.geometry import Box

FORMAT = "cxr-assessment-ledger"
FORMAT_VERSION = 1


class Verb(StrEnum):
    """What became of a box."""

    ACCEPTED = "accepted"
    MODIFIED = "modified"
    REJECTED = "rejected"
    ADDED = "added"
    NOT_ASSESSED = "not_assessed"


VERBS = {
    FindingState.ACCEPTED: Verb.ACCEPTED,
    FindingState.ADJUSTED: Verb.MODIFIED,
    FindingState.REJECTED: Verb.REJECTED,
    FindingState.ADDED: Verb.ADDED,
}
"""A finding's state in the words of the ledger; a removed box was never there."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """One line of the ledger.

    Attributes:
        verb: what became of the box.
        finding: the reader's finding; None for what was shown and not judged.
        origin: the model's box; None for what the reader added.
        assessed_at, context: when the finding became what it is, and what was in force then; of the signature for what
            was not judged.
        order: 1 for the first gesture of the review that left a finding as it is; None for what was not judged.
    """

    verb: Verb
    finding: Finding | None
    origin: Origin | None
    assessed_at: datetime
    context: ReadingContext
    order: int | None


@dataclass(frozen=True, slots=True)
class Signature:
    """The review that a line belongs to.

    Attributes:
        key: salted instance key, the same as in correction sets of the same workstation.
    """

    key: str
    reader: str
    outcome: ReviewOutcome
    signed_at: datetime


def line_of(assessment: Assessment, signature: Signature) -> dict[str, Any]:
    """Return one line as plain values; texts that somebody typed are not in it."""
    finding, origin = assessment.finding, assessment.origin
    is_standing = finding is not None and assessment.verb is not Verb.REJECTED
    box = finding.box if finding is not None and is_standing else None
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "assessment": str(assessment.verb),
        "instance_key": signature.key,
        "finding_uid": finding.uid if finding else None,
        "reader": signature.reader,
        "assessed_at": assessment.assessed_at.isoformat(),
        "order": assessment.order,
        "box": _corners(box),
        "model": _model(origin),
        "iou": _overlaps(box, origin),
        "reason": (finding.reason or None) if finding else None,
        "label": (finding.label or None) if finding else None,
        "bundle_digest": assessment.context.bundle_digest or None,
        "thresholds": _thresholds(assessment.context),
        "window": _window(assessment.context.window),
        "model_visible": assessment.context.is_model_visible,
        "outcome": str(signature.outcome),
        "signed_at": signature.signed_at.isoformat(),
    }


def _model(origin: Origin | None) -> dict[str, Any] | None:
    if origin is None:
        return None
    return {
        "bundle_digest": origin.bundle_digest,
        "anchor_index": origin.anchor_index,
        "score": origin.score,
        "members_agreeing": origin.members_agreeing,
        "members": origin.members,
        "shown_box": _corners(origin.shown_box),
        "mean_box": _corners(origin.mean_box),
    }


def _overlaps(box: Box | None, origin: Origin | None) -> dict[str, float] | None:
    """Return the overlap with the model's mean box before and after the reader's hand, and of the two hands."""
    if box is None or origin is None:
        return None
    return {
        "before": _iou(origin.shown_box, origin.mean_box),
        "after": _iou(box, origin.mean_box),
        "with_shown": _iou(box, origin.shown_box),
    }


def _iou(first: Box, second: Box) -> float:
    return round(float(geometry.pairwise_iou(first.as_array(), second.as_array())[0, 0]), 6)


def _corners(box: Box | None) -> list[float] | None:
    return None if box is None else [box.x1, box.y1, box.x2, box.y2]


def _thresholds(context: ReadingContext) -> dict[str, Any] | None:
    found = context.thresholds
    if found is None:
        return None
    return {"score": found.score, "overlap": found.overlap, "size": "mean" if found.size is None else found.size}


def _window(window: DisplayWindow | None) -> dict[str, Any] | None:
    if window is None:
        return None
    return {
        "name": window.name,
        "centre": window.centre,
        "width": window.width,
        "inverted": window.is_inverted,
    }
