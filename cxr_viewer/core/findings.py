"""What the reader asserts: findings, their allowed states, and signed reviews."""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import NewType

from cxr_viewer.core.candidates import Detections, Thresholds
from cxr_viewer.core.geometry import Box

FindingUid = NewType("FindingUid", str)


class FindingState(StrEnum):
    """What became of a box under the reader's hand."""

    ACCEPTED = "accepted"
    ADJUSTED = "adjusted"
    ADDED = "added"
    REJECTED = "rejected"
    REMOVED = "removed"


class ReviewOutcome(StrEnum):
    """A reader's verdict on one instance."""

    OPACITY = "opacity"
    NO_OPACITY = "no_opacity"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Origin:
    """The detection that a finding came from.

    Attributes:
        bundle_digest: the ensemble that proposed it; an anchor index means nothing without it.
        anchor_index: position in that ensemble's anchor grid.
        shown_box: the box as it was drawn when the reader judged it.
        mean_box: the mean box over members: what training learns from an accepted finding.
        score: mean score.
        members_agreeing, members: votes when it was judged.
    """

    bundle_digest: str
    anchor_index: int
    shown_box: Box
    mean_box: Box
    score: float
    members_agreeing: int
    members: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One assertion of the reader about one place of one instance; revised, never overwritten.

    Attributes:
        uid: stays the same over all revisions.
        state: see FindingState; REMOVED exists for ADDED ones only, REJECTED for the model's only.
        box: native pixels.
        origin: the detection it came from; None for what the reader added.
        reason: why it was rejected, when the reader said so: a code of ``core.vocabulary``.
        label: what kind of opacity it is, "" for not said: a code of ``core.vocabulary``, never a position in a list.
        comment: free text of the reader; it stays on the workstation.
    """

    uid: FindingUid
    state: FindingState
    box: Box
    origin: Origin | None = None
    reason: str = ""
    label: str = ""
    comment: str = ""

    @property
    def is_asserted(self) -> bool:
        """Whether the reader says that there is an opacity here."""
        return self.state in (FindingState.ACCEPTED, FindingState.ADJUSTED, FindingState.ADDED)


@dataclass(frozen=True, slots=True)
class DisplayWindow:
    """The window that the image was seen through.

    Attributes:
        name: of a preset of the program, or how it came about ("header", "by hand"); never text of a header.
        centre, width: modality units; None for a VOI LUT, which has neither.
        is_inverted: whether the reader had swapped black and white.
    """

    name: str = ""
    centre: float | None = None
    width: float | None = None
    is_inverted: bool = False


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What was in force when a gesture was made: the model, its sliders, and what the reader saw.

    Attributes:
        window: the display's window; None where it is not known.
        is_model_visible: whether the model's boxes were on the screen; None where it is not known.
    """

    bundle_digest: str = ""
    thresholds: Thresholds | None = None
    window: DisplayWindow | None = None
    is_model_visible: bool | None = None


@dataclass(frozen=True, slots=True)
class ReadingNote:
    """What a reader says of an instance besides boxes and verdict.

    Attributes:
        comment: free text; it goes into the review when that is signed, and stays on the workstation.
        needs_second_read: whether the reader asks for another reader.
    """

    comment: str = ""
    needs_second_read: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """A reader's signed verdict on one instance."""

    outcome: ReviewOutcome
    reader: str
    signed_at: datetime
    context: ReadingContext = ReadingContext()
    comment: str = ""


class FindingError(ValueError):
    """An edit that the rules of findings do not allow."""


def now() -> datetime:
    """Return the present time with its zone (UTC)."""
    return datetime.now(UTC)


def new_uid() -> FindingUid:
    """Return a fresh identity for a finding."""
    return FindingUid(uuid.uuid4().hex)


def origin_of(detections: Detections, index: int, bundle_digest: str) -> Origin:
    """Return where a finding came from: the detection at ``index`` of the bundle with that digest."""
    return Origin(
        bundle_digest=bundle_digest,
        anchor_index=int(detections.anchor_index[index]),
        shown_box=Box.from_row(detections.boxes[index]),
        mean_box=Box.from_row(detections.mean_boxes[index]),
        score=float(detections.scores[index]),
        members_agreeing=int(detections.members_agreeing[index]),
        members=detections.members,
    )


def accept(origin: Origin) -> Finding:
    """Return the finding that takes over a detection as it is shown."""
    return Finding(new_uid(), FindingState.ACCEPTED, origin.shown_box, origin)


def accept_again(finding: Finding, label: str = "") -> Finding:
    """Return a rejected finding as one that is accepted as it was shown.

    Raises:
        FindingError: it did not come from the model.
    """
    if finding.origin is None:
        raise FindingError("Only a box of the model can be accepted.")
    return replace(finding, state=FindingState.ACCEPTED, box=finding.origin.shown_box, reason="", label=label)


def reject(origin: Origin, reason: str = "") -> Finding:
    """Return the finding that says: no opacity here."""
    return Finding(new_uid(), FindingState.REJECTED, origin.shown_box, origin, reason)


def add(box: Box) -> Finding:
    """Return the finding of an opacity that the model did not show."""
    return Finding(new_uid(), FindingState.ADDED, box)


def adjust(finding: Finding, box: Box) -> Finding:
    """Return the finding with another box; what came from the model becomes ADJUSTED.

    Raises:
        FindingError: a removed finding cannot be adjusted.
    """
    if finding.state is FindingState.REMOVED:
        raise FindingError("This box was removed; undo the removal before changing it.")
    state = FindingState.ADDED if finding.origin is None else FindingState.ADJUSTED
    return replace(finding, state=state, box=box, reason="")


def describe(finding: Finding, label: str, comment: str) -> Finding:
    """Return the finding with another label and comment.

    Raises:
        FindingError: only what the reader asserts can be described.
    """
    if not finding.is_asserted:
        raise FindingError("This box is no opacity of yours; accept it before describing it.")
    return replace(finding, label=label, comment=comment)


def duplicate(finding: Finding, box: Box) -> Finding:
    """Return a finding of the reader's own that says the same of another place."""
    return replace(add(box), label=finding.label, comment=finding.comment)


def delete(finding: Finding, reason: str = "") -> Finding:
    """Return the finding after Delete: ADDED becomes REMOVED, anything of the model's origin REJECTED."""
    if finding.origin is None:
        return replace(finding, state=FindingState.REMOVED)
    return replace(finding, state=FindingState.REJECTED, box=finding.origin.shown_box, reason=reason)
