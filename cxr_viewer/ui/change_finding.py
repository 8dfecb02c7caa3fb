"""The one undo command: a gesture that the journal holds already, applied to findings and note on the screen."""

import weakref
from collections.abc import Callable, Sequence

from PySide6.QtGui import QUndoCommand

from cxr_viewer.store.history import Change, NoteChange

Apply = Callable[[Sequence[Change], NoteChange | None], None]


class ChangeFinding(QUndoCommand):
    """Changes findings and note in memory; whoever pushes, undoes or redoes it has journalled that first.

    The method that applies them is held weakly: its owner holds the stack, the stack this command. A ring of the three
    is nothing that Python's collector may take apart: it frees commands that Qt's stack still owns, and crashes.
    """

    def __init__(
        self, gesture_id: int, name: str, changes: Sequence[Change], note: NoteChange | None, apply: Apply
    ) -> None:
        super().__init__(name)
        self.gesture_id = gesture_id
        self._changes = tuple(changes)
        self._note = note
        self._method = weakref.WeakMethod(apply)

    @property
    def changes(self) -> tuple[Change, ...]:
        """Findings before and after."""
        return self._changes

    @property
    def note(self) -> NoteChange | None:
        """The note before and after."""
        return self._note

    def _apply(self, changes: Sequence[Change], note: NoteChange | None) -> None:
        apply = self._method()
        if apply is not None:
            apply(changes, note)

    def redo(self) -> None:
        """Apply the changes."""
        self._apply(self._changes, self._note)

    def undo(self) -> None:
        """Apply them backwards."""
        self._apply([change.reverse for change in reversed(self._changes)], self._note.reverse if self._note else None)
