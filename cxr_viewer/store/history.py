"""What the reader did, in order: gestures, their changes, and the undo stack they leave behind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from cxr_viewer.core.findings import Finding, FindingUid, ReadingContext, ReadingNote, Review


class GestureKind(StrEnum):
    """What a gesture did to the history."""

    EDIT = "edit"
    UNDO = "undo"
    REDO = "redo"
    SIGN = "sign"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Change:
    """One finding before and after a gesture; None where it did not exist."""

    before: Finding | None
    after: Finding | None

    def __post_init__(self) -> None:
        uids = {finding.uid for finding in (self.before, self.after) if finding is not None}
        if len(uids) != 1:
            raise ValueError("A change is about one finding, before and after.")

    @property
    def uid(self) -> FindingUid:
        """Identity of the finding."""
        finding = self.after or self.before
        assert finding is not None
        return finding.uid

    @property
    def reverse(self) -> "Change":
        """The change that takes this one back."""
        return Change(self.after, self.before)


@dataclass(frozen=True, slots=True)
class NoteChange:
    """What a reader says of the instance as a whole, before and after a gesture."""

    before: ReadingNote
    after: ReadingNote

    @property
    def reverse(self) -> "NoteChange":
        """The change that takes this one back."""
        return NoteChange(self.after, self.before)


def ends_signature(changes: Sequence[Change], note: NoteChange | None) -> bool:
    """Return whether a sign-off that stands ends with an edit.

    Everything that was signed ends it, a drafted verdict too, which has neither findings nor a note. Asking for a
    second read changes nothing that was signed.
    """
    return bool(changes) or note is None or note.before.comment != note.after.comment


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One gesture of the audit trail.

    Attributes:
        gesture_id: rises over all instances and readers.
        kind, name: what it was, machine- and human-readable ("Move opacity"); undo and redo keep the name of the
            gesture they take back or repeat, and its id is ``target_id``.
        made_at: UTC.
        changes: findings before and after; empty for sign-offs.
        note: the note before and after, None when the gesture is not about it.
        review: what was signed (SIGN only).
        withdraws_review: whether it ended a sign-off that stood.
    """

    gesture_id: int
    reader: str
    kind: GestureKind
    name: str
    target_id: int | None
    made_at: datetime
    app_version: str
    context: ReadingContext
    changes: tuple[Change, ...]
    review: Review | None
    withdraws_review: bool
    note: NoteChange | None = None


@dataclass(frozen=True, slots=True)
class Gesture:
    """One entry of the undo stack: an edit that can be undone, or was undone and can be redone."""

    gesture_id: int
    name: str
    changes: tuple[Change, ...]
    is_undone: bool
    note: NoteChange | None = None


def undo_stack(entries: Iterable[HistoryEntry]) -> tuple[Gesture, ...]:
    """Return the undo stack after the gestures of one instance and reader, oldest first, undone ones last.

    A new edit drops what was undone, as every undo stack does; sign-offs are not on it.
    """
    stack: list[Gesture] = []
    for entry in entries:
        if entry.kind is GestureKind.EDIT:
            stack = [gesture for gesture in stack if not gesture.is_undone]
            stack.append(Gesture(entry.gesture_id, entry.name, entry.changes, False, entry.note))
        elif entry.kind in (GestureKind.UNDO, GestureKind.REDO):
            is_undone = entry.kind is GestureKind.UNDO
            stack = [
                replace(gesture, is_undone=is_undone) if gesture.gesture_id == entry.target_id else gesture
                for gesture in stack
            ]
    return tuple(stack)
