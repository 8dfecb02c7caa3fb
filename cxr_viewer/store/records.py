"""Plain values that the journal hands out and takes: instances, progress, signed reviews, the reader's place."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from cxr_viewer.core.findings import Finding, FindingUid, Review, ReviewOutcome
from cxr_viewer.core.studies import InstanceKey


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
    """One line of the worklist: progress, outcome when signed, number of opacities the reader asserts."""

    progress: Progress = Progress.UNREAD
    outcome: ReviewOutcome | None = None
    opacities: int = 0


@dataclass(frozen=True, slots=True)
class SignedReview:
    """A sign-off that stands, with the findings as they were signed.

    Attributes:
        findings: all states, in the order in which they were first made.
        begun_at: time of the reader's first gesture on this instance.
    """

    instance: KnownInstance
    review: Review
    findings: tuple[Finding, ...]
    begun_at: datetime


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
