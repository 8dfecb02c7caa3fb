"""Findings, notes, reviews and reading contexts as columns of the journal, and back without loss."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping

from cxr_viewer.core.candidates import Thresholds
from cxr_viewer.core.findings import (
    DisplayWindow,
    Finding,
    FindingState,
    FindingUid,
    Origin,
    ReadingContext,
    ReadingNote,
    Review,
    ReviewOutcome,
)
from cxr_viewer.core.geometry import Box

Row = RowMapping


def finding_columns(uid: FindingUid, finding: Finding | None) -> dict[str, Any]:
    """Return the columns of a finding; None means that it does not exist any more."""
    if finding is None:
        return {"finding_uid": uid}
    columns: dict[str, Any] = {
        "finding_uid": uid,
        "state": str(finding.state),
        **_box_columns("", finding.box),
        "reason": finding.reason,
        "label": finding.label,
        "comment": finding.comment,
    }
    return columns if finding.origin is None else columns | origin_columns(finding.origin)


def finding_of(row: Row) -> Finding | None:
    """Return the finding of a row of ``finding_revision``; None when the row says that it does not exist."""
    if row["state"] is None:
        return None
    return Finding(
        uid=FindingUid(row["finding_uid"]),
        state=FindingState(row["state"]),
        box=_box_of("", row),
        origin=origin_of(row),
        reason=row["reason"],
        label=row["label"] or "",
        comment=row["comment"] or "",
    )


def review_columns(review: Review | None) -> dict[str, Any]:
    """Return the columns of a review; None means that the sign-off is withdrawn."""
    if review is None:
        return {}
    return {"outcome": str(review.outcome), "signed_at": time_text(review.signed_at), "comment": review.comment}


def review_of(row: Row) -> Review:
    """Return the review of a row that joins ``review_revision`` and its gesture."""
    return Review(
        outcome=ReviewOutcome(row["outcome"]),
        reader=row["reader"],
        signed_at=time_of(row["signed_at"]),
        context=context_of(row),
        comment=row["comment"],
    )


def note_columns(note: ReadingNote) -> dict[str, Any]:
    """Return the columns of a note."""
    return {"comment": note.comment, "needs_second_read": int(note.needs_second_read)}


def note_of(row: Row) -> ReadingNote:
    """Return the note of a row of ``note_revision``."""
    return ReadingNote(row["comment"], bool(row["needs_second_read"]))


def context_columns(context: ReadingContext) -> dict[str, Any]:
    """Return the columns of what was in force."""
    columns: dict[str, Any] = {"bundle_digest": context.bundle_digest}
    if thresholds := context.thresholds:
        columns |= {
            "score_threshold": thresholds.score,
            "overlap_threshold": thresholds.overlap,
            "size_threshold": thresholds.size,
        }
    if window := context.window:
        columns |= {
            "window_name": window.name,
            "window_centre": window.centre,
            "window_width": window.width,
            "window_inverted": int(window.is_inverted),
        }
    if context.is_model_visible is not None:
        columns["model_visible"] = int(context.is_model_visible)
    return columns


def context_of(row: Row) -> ReadingContext:
    """Return what was in force at a row of ``gesture``."""
    thresholds = window = None
    if row["score_threshold"] is not None:
        thresholds = Thresholds(row["score_threshold"], row["overlap_threshold"], row["size_threshold"])
    if row["window_name"] is not None:
        window = DisplayWindow(
            row["window_name"], row["window_centre"], row["window_width"], bool(row["window_inverted"])
        )
    is_visible = None if row["model_visible"] is None else bool(row["model_visible"])
    return ReadingContext(row["bundle_digest"], thresholds, window, is_visible)


def time_text(time: datetime) -> str:
    """Return a time as ISO 8601 in UTC with microseconds, so that texts sort as times do."""
    if time.tzinfo is None:
        raise ValueError("A time in the journal needs its zone.")
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def time_of(text: str) -> datetime:
    """Return the time that ``time_text`` wrote."""
    return datetime.fromisoformat(text)


def origin_columns(origin: Origin) -> dict[str, Any]:
    """Return the columns of the detection that a finding came from, or that was shown."""
    return {
        "origin_bundle_digest": origin.bundle_digest,
        "origin_anchor_index": int(origin.anchor_index),
        **_box_columns("shown_", origin.shown_box),
        **_box_columns("mean_", origin.mean_box),
        "origin_score": float(origin.score),
        "origin_members_agreeing": int(origin.members_agreeing),
        "origin_members": int(origin.members),
    }


def origin_of(row: Row) -> Origin | None:
    """Return the detection of a row, None for what the reader added."""
    if row["origin_bundle_digest"] is None:
        return None
    return Origin(
        bundle_digest=row["origin_bundle_digest"],
        anchor_index=row["origin_anchor_index"],
        shown_box=_box_of("shown_", row),
        mean_box=_box_of("mean_", row),
        score=row["origin_score"],
        members_agreeing=row["origin_members_agreeing"],
        members=row["origin_members"],
    )


def _box_columns(prefix: str, box: Box) -> dict[str, float]:
    return {f"{prefix}{name}": float(getattr(box, name)) for name in ("x1", "y1", "x2", "y2")}


def _box_of(prefix: str, row: Row) -> Box:
    return Box(*(row[f"{prefix}{name}"] for name in ("x1", "y1", "x2", "y2")))
