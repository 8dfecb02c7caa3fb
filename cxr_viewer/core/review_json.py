"""A signed review as one line of ``reviews.jsonl``, and back without loss.

``label`` and ``reason`` of a finding came later: programs that do not know them pass over them, and a line without
them is read as one where nothing was said. So the format's version stays.
"""

from datetime import datetime
from typing import Any

from cxr_viewer.core.candidates import Thresholds, parse_size
from cxr_viewer.core.findings import Finding, FindingState, FindingUid, Origin, ReadingContext, ReviewOutcome
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.reviewed_instance import ReviewedInstance
from cxr_viewer.core.vocabulary import is_code


def to_json(review: ReviewedInstance) -> dict[str, Any]:
    """Return a review as plain values.

    Free text (comments, reasons that are no codes) stays out, because nobody can say what was typed into it; so do the
    window and what was visible, which the ledger holds.
    """
    return {
        "key": review.key,
        "reader": review.reader,
        "outcome": str(review.outcome),
        "signed_at": review.signed_at.isoformat(),
        "begun_at": review.begun_at.isoformat() if review.begun_at else None,
        "rows": review.rows,
        "columns": review.columns,
        "bundle_digest": review.context.bundle_digest,
        "thresholds": _thresholds_to_json(review.context.thresholds),
        "findings": [_finding_to_json(finding) for finding in review.findings],
    }


def from_json(values: dict[str, Any]) -> ReviewedInstance:
    """Return the review that ``to_json`` was asked of.

    Raises:
        KeyError, TypeError, ValueError: the values are of another form.
    """
    context = ReadingContext(_string(values["bundle_digest"]), _thresholds_from_json(values["thresholds"]))
    return ReviewedInstance(
        key=_string(values["key"]),
        reader=_string(values["reader"]),
        outcome=ReviewOutcome(values["outcome"]),
        findings=tuple(_finding_from_json(finding) for finding in values["findings"]),
        context=context,
        signed_at=time_of(values["signed_at"]),
        begun_at=None if values["begun_at"] is None else time_of(values["begun_at"]),
        rows=int(values["rows"]),
        columns=int(values["columns"]),
    )


def _thresholds_to_json(thresholds: Thresholds | None) -> dict[str, Any] | None:
    if thresholds is None:
        return None
    size = "mean" if thresholds.size is None else thresholds.size
    return {"score": thresholds.score, "overlap": thresholds.overlap, "size": size}


def _thresholds_from_json(values: dict[str, Any] | None) -> Thresholds | None:
    if values is None:
        return None
    return Thresholds(float(values["score"]), float(values["overlap"]), parse_size(str(values["size"])))


def _finding_to_json(finding: Finding) -> dict[str, Any]:
    origin = finding.origin
    return {
        "uid": finding.uid,
        "state": str(finding.state),
        "box": _box_to_json(finding.box),
        "label": _code(finding.label),
        "reason": _code(finding.reason),
        "origin": None
        if origin is None
        else {
            "bundle_digest": origin.bundle_digest,
            "anchor_index": origin.anchor_index,
            "shown_box": _box_to_json(origin.shown_box),
            "mean_box": _box_to_json(origin.mean_box),
            "score": origin.score,
            "members_agreeing": origin.members_agreeing,
            "members": origin.members,
        },
    }


def _finding_from_json(values: dict[str, Any]) -> Finding:
    origin = values["origin"]
    return Finding(
        uid=FindingUid(_string(values["uid"])),
        state=FindingState(values["state"]),
        box=_box_from_json(values["box"]),
        origin=None
        if origin is None
        else Origin(
            bundle_digest=_string(origin["bundle_digest"]),
            anchor_index=int(origin["anchor_index"]),
            shown_box=_box_from_json(origin["shown_box"]),
            mean_box=_box_from_json(origin["mean_box"]),
            score=float(origin["score"]),
            members_agreeing=int(origin["members_agreeing"]),
            members=int(origin["members"]),
        ),
        reason=_string(values.get("reason", "")),
        label=_string(values.get("label", "")),
    )


def _code(value: str) -> str:
    return value if is_code(value) else ""


def _box_to_json(box: Box) -> list[float]:
    return [box.x1, box.y1, box.x2, box.y2]


def _box_from_json(values: list[Any]) -> Box:
    x1, y1, x2, y2 = (float(value) for value in values)
    return Box(x1, y1, x2, y2)


def time_of(value: object) -> datetime:
    """Return the time of a text in ISO 8601; raises TypeError or ValueError."""
    return datetime.fromisoformat(_string(value))


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, found {value!r}")
    return value
