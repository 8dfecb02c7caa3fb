"""Questions to the journal: current findings and reviews, worklist states, history, what an export needs."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from cxr_viewer.core.findings import Finding, FindingUid, ReadingNote, Review, ReviewOutcome
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store import path_column, queries, replay, rows
from cxr_viewer.store.history import Gesture, HistoryEntry, undo_stack
from cxr_viewer.store.journal_file import JournalFile
from cxr_viewer.store.records import IMPORT_GESTURE, InstanceState, KnownInstance, Made, Place, Progress, SignedReview


class JournalReading(JournalFile):
    """The part of the journal that only reads; every method raises StoreError when the file cannot be read."""

    def current_findings(self, instance_key: InstanceKey, reader: str) -> tuple[Finding, ...]:
        """Return the reader's findings in every state, in the order in which they were first made."""
        return _findings(self._rows(queries.CURRENT_FINDINGS, instance_key=instance_key, reader=reader))

    def current_review(self, instance_key: InstanceKey, reader: str) -> Review | None:
        """Return the sign-off that stands."""
        found = self._rows(queries.CURRENT_REVIEW, instance_key=instance_key, reader=reader)
        return rows.review_of(found[0]) if found else None

    def states(self, instance_keys: Iterable[InstanceKey], reader: str) -> dict[InstanceKey, InstanceState]:
        """Return the worklist's line of each instance, by one query."""
        states = {key: InstanceState() for key in instance_keys}
        for row in self._rows(queries.STATES, instance_keys=json.dumps(list(states)), reader=reader):
            states[InstanceKey(row["instance_key"])] = _state_of(row)
        return states

    def findings_of_others(self, instance_key: InstanceKey, reader: str) -> tuple[tuple[str, Finding], ...]:
        """Return what other readers say of an instance, with their names; nothing until ``reader`` has signed it."""
        found = self._rows(
            queries.FINDINGS_OF_OTHERS, instance_key=instance_key, reader=reader, import_gesture=IMPORT_GESTURE
        )
        pairs = ((str(row["reader"]), rows.finding_of(row)) for row in found)
        return tuple((name, finding) for name, finding in pairs if finding is not None)

    def current_note(self, instance_key: InstanceKey, reader: str) -> ReadingNote:
        """Return what the reader says of an instance besides boxes and verdict; an empty note at first."""
        found = self._rows(queries.CURRENT_NOTE, instance_key=instance_key, reader=reader)
        return rows.note_of(found[0]) if found else ReadingNote()

    def signed_reviews(self, reader: str | None = None, since: datetime | None = None) -> tuple[SignedReview, ...]:
        """Return every sign-off that stands, oldest first, with the findings as they were signed.

        Args:
            reader: only this reader's; None for all.
            since: only what was signed at or after this time, given with its zone.
        """
        since_text = None if since is None else rows.time_text(since)
        with self._transaction(writes=False):
            reviews = self._rows(queries.SIGNED_REVIEWS, reader=reader, since=since_text)
            signed = self._rows(queries.SIGNED_FINDINGS, reader=reader, since=since_text)
            shown = self._rows(queries.SIGNED_SHOWN_DETECTIONS, reader=reader, since=since_text)
        by_review, left = _by_review(signed), _by_review(shown)
        return tuple(
            SignedReview(
                instance=_instance_of(row),
                review=rows.review_of(row),
                findings=_findings(by_review.get(row["id"], [])),
                begun_at=rows.time_of(row["begun_at"]),
                made=tuple(_made_of(found) for found in by_review.get(row["id"], [])),
                unjudged=tuple(origin for found in left.get(row["id"], []) if (origin := rows.origin_of(found))),
            )
            for row in reviews
        )

    def gestures(self, instance_key: InstanceKey, reader: str) -> tuple[Gesture, ...]:
        """Return the undo stack as it was left, oldest first; undone gestures are its end."""
        return undo_stack(self.history(instance_key, reader))

    def history(self, instance_key: InstanceKey, reader: str | None = None) -> tuple[HistoryEntry, ...]:
        """Return everything that was ever done on an instance, oldest first; by all readers when none is named."""
        with self._transaction(writes=False):
            return self._history(instance_key, reader)

    def instance(self, instance_key: InstanceKey) -> KnownInstance | None:
        """Return what is known of an instance."""
        found = self._rows(queries.INSTANCE, instance_key=instance_key)
        return _instance_of(found[0]) if found else None

    def place(self) -> Place:
        """Return where the reader was; an empty place at first."""
        found = self._rows(queries.PLACE)
        return _place_of(found[0]) if found else Place()

    def _history(self, instance_key: InstanceKey, reader: str | None) -> tuple[HistoryEntry, ...]:
        return replay.history(
            self._rows(queries.GESTURES, instance_key=instance_key, reader=reader),
            self._rows(queries.FINDING_REVISIONS, instance_key=instance_key, reader=reader),
            self._rows(queries.REVIEW_REVISIONS, instance_key=instance_key, reader=reader),
            self._rows(queries.NOTE_REVISIONS, instance_key=instance_key, reader=reader),
        )


def _state_of(row: rows.Row) -> InstanceState:
    outcome = None if row["outcome"] is None else ReviewOutcome(row["outcome"])
    begun = Progress.IN_PROGRESS if row["is_begun"] else Progress.UNREAD
    needs_second_read = bool(row["asks"] or (row["is_asked"] and outcome is None))
    return InstanceState(begun if outcome is None else Progress.SIGNED, outcome, row["opacities"], needs_second_read)


def _by_review(found: Iterable[rows.Row]) -> dict[int, list[rows.Row]]:
    by_review: dict[int, list[rows.Row]] = {}
    for row in found:
        by_review.setdefault(row["review_id"], []).append(row)
    return by_review


def _made_of(row: rows.Row) -> Made:
    return Made(row["gesture_id"], rows.time_of(row["made_at"]), rows.context_of(row))


def _findings(found: Iterable[rows.Row]) -> tuple[Finding, ...]:
    findings = (rows.finding_of(row) for row in found)
    return tuple(finding for finding in findings if finding is not None)


def _instance_of(row: rows.Row) -> KnownInstance:
    return KnownInstance(
        instance_key=InstanceKey(row["instance_key"]),
        rows=row["rows"] or 0,
        columns=row["columns"] or 0,
        path=path_column.from_column(row["path"]),
        sop_instance_uid=row["sop_instance_uid"] or "",
        study_instance_uid=row["study_instance_uid"] or "",
    )


def _place_of(row: rows.Row) -> Place:
    return Place(
        opened_paths=tuple(Path(text) for text in json.loads(row["opened_paths"])),
        instance_key=None if row["instance_key"] is None else InstanceKey(row["instance_key"]),
        path=path_column.from_column(row["path"]),
        zoom=row["zoom"],
        centre=None if row["centre_x"] is None else (row["centre_x"], row["centre_y"]),
        selected=None if row["selected_finding_uid"] is None else FindingUid(row["selected_finding_uid"]),
    )
