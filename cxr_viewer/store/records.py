"""Plain values that the journal hands out and takes: instances, progress, signed reviews, the reader's place."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from cxr_viewer.core.findings import Finding, FindingUid, Origin, ReadingContext, Review, ReviewOutcome
from cxr_viewer.core.studies import InstanceKey

IMPORT_GESTURE = "Import boxes"
"""Name of the gesture by which boxes of a file come in; a reader known by nothing else here never worked here."""


@dataclass(frozen=True, slots=True)
class KnownInstance:
    """What is known of an instance that was opened once, so that an export finds its image.

    Attributes:
        rows, columns: size in native pixels; 0 where not known.
        path: where it was last seen.
    """

    instance_key: InstanceKey
    rows: int = 0
    columns: int = 0
    path: Path | None = None
    sop_instance_uid: str = ""
    study_instance_uid: str = ""


class Progress(StrEnum):
    """How far a reader is with an instance."""

    UNREAD = "unread"
    IN_PROGRESS = "in_progress"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class InstanceState:
    """One line of the worklist.

    Attributes:
        outcome: the verdict that is signed.
        opacities: how many the reader asserts.
        needs_second_read: the reader asks for another reader, or another reader asks and this one has not signed.
    """

    progress: Progress = Progress.UNREAD
    outcome: ReviewOutcome | None = None
    opacities: int = 0
    needs_second_read: bool = False


@dataclass(frozen=True, slots=True)
class SignedReview:
    """A sign-off that stands, with the findings as they were signed.

    Attributes:
        findings: all states, in the order in which they were first made.
        begun_at: time of the reader's first gesture on this instance.
        made: for each finding, in their order, the gesture that left it as it was signed.
        unjudged: detections that were shown and left without a judgement.
    """

    instance: KnownInstance
    review: Review
    findings: tuple[Finding, ...]
    begun_at: datetime
    made: tuple["Made", ...] = ()
    unjudged: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """When a finding became what it is, and what was in force then; ids of gestures rise with time."""

    gesture_id: int
    made_at: datetime
    context: ReadingContext


@dataclass(frozen=True, slots=True)
class Place:
    """Where the reader was, so that the next start shows it again.

    Attributes:
        opened_paths: what was opened last (folders, files).
        instance_key: the instance that was shown; None when it had not been decoded.
        path: its file.
        zoom: screen pixels per native pixel; None when the image was fitted to the window.
        centre: native pixel (x, y) in the middle of the view.
        selected: the finding that was selected.
    """

    opened_paths: tuple[Path, ...] = ()
    instance_key: InstanceKey | None = None
    path: Path | None = None
    zoom: float | None = None
    centre: tuple[float, float] | None = None
    selected: FindingUid | None = None
