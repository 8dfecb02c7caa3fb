"""The one undo command: a gesture that the journal holds already, applied to the findings on the screen."""

from collections.abc import Callable, Sequence

from PySide6.QtGui import QUndoCommand

from cxr_viewer.store.history import Change

Apply = Callable[[Sequence[Change]], None]


class ChangeFinding(QUndoCommand):
    """Changes findings in memory; whoever pushes, undoes or redoes it has journalled that first."""

    def __init__(self, gesture_id: int, name: str, changes: Sequence[Change], apply: Apply) -> None:
        super().__init__(name)
        self.gesture_id = gesture_id
        self._changes = tuple(changes)
        self._apply = apply

    @property
    def changes(self) -> tuple[Change, ...]:
        """Findings before and after."""
        return self._changes

    def redo(self) -> None:
        """Apply the changes."""
        self._apply(self._changes)

    def undo(self) -> None:
        """Apply them backwards."""
        self._apply([change.reverse for change in reversed(self._changes)])
