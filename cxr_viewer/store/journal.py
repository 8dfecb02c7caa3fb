"""The journal: every gesture of every reader on this workstation, on the disk before the next one can be made."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.dialects import sqlite

from cxr_viewer import __version__
from cxr_viewer.core.findings import Finding, FindingUid, Origin, ReadingContext, Review
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store import path_column, queries, rows, schema
from cxr_viewer.store.erasure import JournalErasure
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.history import Change, Gesture, GestureKind, NoteChange, ends_signature, undo_stack
from cxr_viewer.store.journal_reading import JournalReading
from cxr_viewer.store.records import KnownInstance, Place

_NO_CONTEXT = ReadingContext()

_INSERT_GESTURE = insert(schema.GESTURE)
_INSERT_FINDING = insert(schema.FINDING_REVISION)
_INSERT_REVIEW = insert(schema.REVIEW_REVISION)
_INSERT_NOTE = insert(schema.NOTE_REVISION)
_INSERT_SHOWN = insert(schema.SHOWN_DETECTION)
_INSERT_KEY = sqlite.insert(schema.INSTANCE).on_conflict_do_nothing()


class Journal(JournalReading, JournalErasure):
    """The local store. When an append returns, the gesture is on the disk; when it raises, nothing of it is stored.

    Appending an edit withdraws a sign-off that stands, in the same transaction: a signature never covers what was
    changed after it. Asking for a second read is the one edit that leaves it alone. Every method raises StoreError when
    the file cannot be read or written.
    """

    def append_finding(
        self, instance_key: InstanceKey, finding: Finding, reader: str, context: ReadingContext, gesture: str
    ) -> int:
        """Append an edit of one finding, whatever stood before; return the gesture's id, by which it is undone.

        Args:
            gesture: its name as the reader sees it beside Undo, e.g. "Move opacity".
        """
        with self._transaction(writes=True):
            change = Change(self._stored(instance_key, reader, finding.uid), finding)
            return self._append(GestureKind.EDIT, gesture, instance_key, reader, context, [change])

    def append_changes(
        self,
        instance_key: InstanceKey,
        changes: Sequence[Change],
        reader: str,
        context: ReadingContext,
        gesture: str,
        note: NoteChange | None = None,
    ) -> int:
        """Append an edit of findings or of the note that is one gesture; return its id, by which it is undone.

        Raises:
            StoreError: something does not stand as ``before`` says: it was changed in another window.
        """
        with self._transaction(writes=True):
            return self._append(GestureKind.EDIT, gesture, instance_key, reader, context, changes, note)

    def append_undo(self, gesture_id: int, context: ReadingContext = _NO_CONTEXT) -> int:
        """Append the undo of an edit: the last of its instance and reader that is not undone."""
        with self._transaction(writes=True):
            instance_key, reader, stack = self._stack_around(gesture_id)
            standing = [gesture for gesture in stack if not gesture.is_undone]
            if not standing or standing[-1].gesture_id != gesture_id:
                raise StoreError("Only the last change can be undone.")
            last = standing[-1]
            changes = [change.reverse for change in reversed(last.changes)]
            note = last.note.reverse if last.note else None
            return self._append(GestureKind.UNDO, last.name, instance_key, reader, context, changes, note, gesture_id)

    def append_redo(self, gesture_id: int, context: ReadingContext = _NO_CONTEXT) -> int:
        """Append the redo of an edit: the first of its instance and reader that is undone."""
        with self._transaction(writes=True):
            instance_key, reader, stack = self._stack_around(gesture_id)
            undone = [gesture for gesture in stack if gesture.is_undone]
            if not undone or undone[0].gesture_id != gesture_id:
                raise StoreError("Only the change that was undone last can be done again.")
            name, changes, note = undone[0].name, undone[0].changes, undone[0].note
            return self._append(GestureKind.REDO, name, instance_key, reader, context, changes, note, gesture_id)

    def append_review(
        self, instance_key: InstanceKey, review: Review, gesture: str = "Sign off", unjudged: Sequence[Origin] = ()
    ) -> int:
        """Append a sign-off, also over an earlier one; return the gesture's id.

        Args:
            unjudged: detections that were shown to the reader and are left without a judgement.
        """
        with self._transaction(writes=True):
            new = self._append_gesture(GestureKind.SIGN, gesture, instance_key, review.reader, review.context)
            self._append_review_revision(new, instance_key, review.reader, review)
            whose = {"gesture_id": new, "instance_key": instance_key, "reader": review.reader}
            for origin in unjudged:
                self._connection.execute(_INSERT_SHOWN, whose | rows.origin_columns(origin))
            return new

    def append_withdrawal(
        self,
        instance_key: InstanceKey,
        reader: str,
        context: ReadingContext = _NO_CONTEXT,
        gesture: str = "Withdraw sign-off",
    ) -> int:
        """Append that the reader's sign-off does not stand any more; StoreError when there is none."""
        with self._transaction(writes=True):
            if not self._is_signed(instance_key, reader):
                raise StoreError("There is no sign-off to withdraw.")
            new = self._append_gesture(GestureKind.WITHDRAW, gesture, instance_key, reader, context)
            self._append_review_revision(new, instance_key, reader, None)
            return new

    def remember_instance(self, instance: KnownInstance) -> None:
        """Store what is known of an instance now: size, identifiers, where it was last seen."""
        self.remember_instances([instance])

    def remember_instances(self, instances: Sequence[KnownInstance]) -> None:
        """Store what is known of some instances now, in one transaction: one wait for the disk."""
        fresh = [instance for instance in instances if self.instance(instance.instance_key) != instance]
        if not fresh:
            return
        with self._transaction(writes=True):
            for instance in fresh:
                values = {
                    "rows": instance.rows,
                    "columns": instance.columns,
                    "path": path_column.to_column(instance.path),
                    "sop_instance_uid": instance.sop_instance_uid,
                    "study_instance_uid": instance.study_instance_uid,
                }
                self._upsert(schema.INSTANCE, {"instance_key": instance.instance_key}, values)

    def remember_place(self, place: Place) -> None:
        """Store where the reader is."""
        x, y = place.centre or (None, None)
        values = {
            "opened_paths": json.dumps([str(path) for path in place.opened_paths]),
            "instance_key": place.instance_key,
            "path": path_column.to_column(place.path),
            "zoom": place.zoom,
            "centre_x": x,
            "centre_y": y,
            "selected_finding_uid": place.selected,
        }
        with self._transaction(writes=True):
            self._upsert(schema.PLACE, {"id": 1}, values)

    def _upsert(self, table: Table, key: dict[str, Any], values: dict[str, Any]) -> None:
        inserted = sqlite.insert(table)
        replaced = {name: inserted.excluded[name] for name in values}
        self._connection.execute(inserted.on_conflict_do_update(index_elements=list(key), set_=replaced), key | values)

    def _append(
        self,
        kind: GestureKind,
        name: str,
        instance_key: InstanceKey,
        reader: str,
        context: ReadingContext,
        changes: Sequence[Change],
        note: NoteChange | None = None,
        target_id: int | None = None,
    ) -> int:
        """Append a gesture with its revisions, inside the caller's transaction."""
        is_as_before = all(self._stored(instance_key, reader, change.uid) == change.before for change in changes)
        if not is_as_before or (note and self.current_note(instance_key, reader) != note.before):
            raise StoreError("This image was changed in another window; open it again before going on.")
        gesture_id = self._append_gesture(kind, name, instance_key, reader, context, target_id)
        whose = {"gesture_id": gesture_id, "instance_key": instance_key, "reader": reader}
        for change in changes:
            self._connection.execute(_INSERT_FINDING, whose | rows.finding_columns(change.uid, change.after))
        if note:
            self._connection.execute(_INSERT_NOTE, whose | rows.note_columns(note.after))
        if ends_signature(changes, note) and self._is_signed(instance_key, reader):
            self._append_review_revision(gesture_id, instance_key, reader, None)
        return gesture_id

    def _append_gesture(
        self,
        kind: GestureKind,
        name: str,
        instance_key: InstanceKey,
        reader: str,
        context: ReadingContext,
        target_id: int | None = None,
    ) -> int:
        self._connection.execute(_INSERT_KEY, {"instance_key": instance_key})
        values = {
            "instance_key": instance_key,
            "reader": reader,
            "kind": str(kind),
            "name": name,
            "target_id": target_id,
            "made_at": rows.time_text(self._clock()),
            "app_version": __version__,
            **rows.context_columns(context),
        }
        return int(self._connection.execute(_INSERT_GESTURE, values).lastrowid)

    def _append_review_revision(
        self, gesture_id: int, instance_key: InstanceKey, reader: str, review: Review | None
    ) -> None:
        whose = {"gesture_id": gesture_id, "instance_key": instance_key, "reader": reader}
        self._connection.execute(_INSERT_REVIEW, whose | rows.review_columns(review))

    def _stored(self, instance_key: InstanceKey, reader: str, uid: FindingUid) -> Finding | None:
        found = self._rows(queries.LATEST_REVISION, instance_key=instance_key, reader=reader, finding_uid=uid)
        return rows.finding_of(found[0]) if found else None

    def _is_signed(self, instance_key: InstanceKey, reader: str) -> bool:
        return bool(self._rows(queries.IS_SIGNED, instance_key=instance_key, reader=reader))

    def _stack_around(self, gesture_id: int) -> tuple[InstanceKey, str, tuple[Gesture, ...]]:
        found = self._rows(queries.GESTURE, id=gesture_id)
        if not found:
            raise StoreError("The change to undo or redo is not in the store.")
        instance_key, reader = InstanceKey(found[0]["instance_key"]), str(found[0]["reader"])
        return instance_key, reader, undo_stack(self._history(instance_key, reader))
