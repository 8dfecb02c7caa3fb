"""Rows of the journal as history: each gesture with what it changed, before and after."""

from collections.abc import Iterable

from cxr_viewer.core.findings import Finding, FindingUid, ReadingNote
from cxr_viewer.store import rows
from cxr_viewer.store.history import Change, GestureKind, HistoryEntry, NoteChange


def history(
    gestures: Iterable[rows.Row],
    finding_revisions: Iterable[rows.Row],
    review_revisions: Iterable[rows.Row],
    note_revisions: Iterable[rows.Row],
) -> tuple[HistoryEntry, ...]:
    """Return the entries of one instance; all rows in the order of their ids, the "before" is the row before."""
    changes = _changes(finding_revisions)
    reviews = {row["gesture_id"]: row for row in review_revisions}
    notes = _notes(note_revisions)
    return tuple(
        _entry(row, changes.get(row["id"], []), reviews.get(row["id"]), notes.get(row["id"])) for row in gestures
    )


def _changes(finding_revisions: Iterable[rows.Row]) -> dict[int, list[Change]]:
    latest: dict[tuple[str, FindingUid], Finding | None] = {}
    changes: dict[int, list[Change]] = {}
    for row in finding_revisions:
        finding = rows.finding_of(row)
        place = (row["reader"], FindingUid(row["finding_uid"]))
        changes.setdefault(row["gesture_id"], []).append(Change(latest.get(place), finding))
        latest[place] = finding
    return changes


def _notes(note_revisions: Iterable[rows.Row]) -> dict[int, NoteChange]:
    latest: dict[str, ReadingNote] = {}
    notes: dict[int, NoteChange] = {}
    for row in note_revisions:
        note = rows.note_of(row)
        notes[row["gesture_id"]] = NoteChange(latest.get(row["reader"], ReadingNote()), note)
        latest[row["reader"]] = note
    return notes


def _entry(row: rows.Row, changes: list[Change], review: rows.Row | None, note: NoteChange | None) -> HistoryEntry:
    return HistoryEntry(
        gesture_id=row["id"],
        reader=row["reader"],
        kind=GestureKind(row["kind"]),
        name=row["name"],
        target_id=row["target_id"],
        made_at=rows.time_of(row["made_at"]),
        app_version=row["app_version"],
        context=rows.context_of(row),
        changes=tuple(changes),
        review=None if review is None or review["outcome"] is None else rows.review_of(review),
        withdraws_review=review is not None and review["outcome"] is None,
        note=note,
    )
