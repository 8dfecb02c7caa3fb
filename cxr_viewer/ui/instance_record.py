"""The reader's record of one instance: findings, undo stack and signature, each change journalled before it shows."""

from collections.abc import Sequence

from PySide6.QtGui import QUndoCommand, QUndoStack

from cxr_viewer.core.findings import Finding, FindingUid, ReadingContext, Review, ReviewOutcome
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store.history import Change
from cxr_viewer.store.journal import Journal
from cxr_viewer.ui import undo_steps
from cxr_viewer.ui.change_finding import ChangeFinding


class InstanceRecord:
    """What the journal says of one instance and reader, kept in step with it.

    Every method that changes something appends to the journal first; when that raises StoreError, nothing changed.
    """

    def __init__(self, journal: Journal, key: InstanceKey, reader: str) -> None:
        self._journal = journal
        self.key = key
        self._reader = reader
        self._findings: dict[FindingUid, Finding] = {}
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

    def perform(self, name: str, changes: Sequence[Change], context: ReadingContext) -> None:
        """Make one gesture; a signature that stands is withdrawn by it."""
        gesture_id = self._journal.append_changes(self.key, changes, self._reader, context, name)
        self._stack.push(ChangeFinding(gesture_id, name, changes, self._apply))
        self.review = None

    def undo(self, context: ReadingContext) -> None:
        """Take the last gesture back."""
        if self._stack.canUndo():
            self._journal.append_undo(_gesture_id(self._stack.command(self._stack.index() - 1)), context)
            self._stack.undo()
            self.review = None

    def redo(self, context: ReadingContext) -> None:
        """Make the gesture again that was taken back last."""
        if self._stack.canRedo():
            self._journal.append_redo(_gesture_id(self._stack.command(self._stack.index())), context)
            self._stack.redo()
            self.review = None

    def sign(self, review: Review) -> None:
        """Sign the verdict."""
        self._journal.append_review(self.key, review)
        self.review = review

    def _replay(self) -> None:
        """Build the undo stack as it was left, without changing or journalling anything."""
        gestures = self._journal.gestures(self.key, self._reader)
        for gesture in gestures:
            self._stack.push(ChangeFinding(gesture.gesture_id, gesture.name, gesture.changes, self._apply))
        for _ in range(sum(gesture.is_undone for gesture in gestures)):
            self._stack.undo()
        self._is_replaying = False
        self._findings = {finding.uid: finding for finding in self._journal.current_findings(self.key, self._reader)}

    def _apply(self, changes: Sequence[Change]) -> None:
        if self._is_replaying:
            return
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
