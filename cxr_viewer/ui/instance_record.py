"""The reader's record of one instance: findings, note, undo stack, signature; every change journalled first."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand, QUndoStack

from cxr_viewer.core.findings import Finding, FindingUid, Origin, ReadingContext, ReadingNote, Review, ReviewOutcome
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store.history import Change, NoteChange, ends_signature
from cxr_viewer.ui import undo_steps
from cxr_viewer.ui.change_finding import ChangeFinding

if TYPE_CHECKING:
    from cxr_viewer.store.journal import Journal


class InstanceRecord:
    """What the journal says of one instance and reader, kept in step with it.

    Every method that changes something appends to the journal first; when that raises StoreError, nothing changed.
    """

    def __init__(self, journal: "Journal", key: InstanceKey, reader: str) -> None:
        self._journal = journal
        self.key = key
        self._reader = reader
        self._findings: dict[FindingUid, Finding] = {}
        self.note = ReadingNote()
        self._is_replaying = True
        self.review: Review | None = journal.current_review(key, reader)
        self._stack = QUndoStack()
        self._replay()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Findings in every state, in the order in which they were first made."""
        return tuple(self._findings.values())

    @property
    def outcome(self) -> ReviewOutcome | None:
        """The verdict that is signed, else the one that was chosen last."""
        return self.review.outcome if self.review else undo_steps.drafted_outcome(self._standing())

    @property
    def is_shown_anyway(self) -> bool:
        """Whether the reader asked for the boxes although the image is withheld."""
        return undo_steps.is_shown_anyway(self._standing())

    @property
    def undo_text(self) -> str:
        """What undo would take back, "" for nothing."""
        return self._stack.undoText()

    @property
    def redo_text(self) -> str:
        """What redo would do again, "" for nothing."""
        return self._stack.redoText()

    @property
    def steps(self) -> tuple[str, ...]:
        """Names of the steps that stand, oldest first."""
        return tuple(self._standing())

    def perform(
        self, name: str, changes: Sequence[Change], context: ReadingContext, note: ReadingNote | None = None
    ) -> None:
        """Make one gesture; a signature that stands is withdrawn by it, unless it only asks for a second read."""
        noted = None if note is None else NoteChange(self.note, note)
        gesture_id = self._journal.append_changes(self.key, changes, self._reader, context, name, noted)
        self._stack.push(ChangeFinding(gesture_id, name, changes, noted, self._apply))

    def undo(self, context: ReadingContext) -> None:
        """Take the last gesture back."""
        if self._stack.canUndo():
            self._journal.append_undo(_gesture_id(self._stack.command(self._stack.index() - 1)), context)
            self._stack.undo()

    def redo(self, context: ReadingContext) -> None:
        """Make the gesture again that was taken back last."""
        if self._stack.canRedo():
            self._journal.append_redo(_gesture_id(self._stack.command(self._stack.index())), context)
            self._stack.redo()

    def sign(self, review: Review, unjudged: Sequence[Origin] = ()) -> None:
        """Sign the verdict; detections that were shown and left without a judgement are recorded with it."""
        self._journal.append_review(self.key, review, unjudged=unjudged)
        self.review = review

    def withdraw(self, context: ReadingContext) -> None:
        """Withdraw the signature; verdict and boxes stay as they are."""
        self._journal.append_withdrawal(self.key, self._reader, context)
        self.review = None

    def _replay(self) -> None:
        """Build the undo stack as it was left, without changing or journalling anything."""
        gestures = self._journal.gestures(self.key, self._reader)
        for gesture in gestures:
            self._stack.push(
                ChangeFinding(gesture.gesture_id, gesture.name, gesture.changes, gesture.note, self._apply)
            )
        for _ in range(sum(gesture.is_undone for gesture in gestures)):
            self._stack.undo()
        self._is_replaying = False
        self._findings = {finding.uid: finding for finding in self._journal.current_findings(self.key, self._reader)}
        self.note = self._journal.current_note(self.key, self._reader)

    def _apply(self, changes: Sequence[Change], note: NoteChange | None) -> None:
        if self._is_replaying:
            return
        if ends_signature(changes, note):
            self.review = None
        if note:
            self.note = note.after
        for change in changes:
            if change.after is None:
                self._findings.pop(change.uid, None)
            else:
                self._findings[change.uid] = change.after

    def _standing(self) -> list[str]:
        return [self._stack.text(number) for number in range(self._stack.index())]


def _gesture_id(command: QUndoCommand) -> int:
    assert isinstance(command, ChangeFinding)
    return command.gesture_id
