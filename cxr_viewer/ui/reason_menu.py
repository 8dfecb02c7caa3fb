"""The menu of reasons for a rejection: each with a digit that chooses it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QMenu, QWidget

from cxr_viewer.ui.word_lists import words

TITLE = "Reject because of"


class ReasonMenu(QMenu):
    """Takes its digits before the image does, which keeps the keyboard while a menu is open."""

    def __init__(self, parent: QWidget, reject: Callable[[str], None]) -> None:
        """Offer the reasons; ``reject`` is called with the code of the one that was chosen."""
        super().__init__(TITLE, parent)
        self.setAccessibleName("Reasons for a rejection")
        for number, reason in enumerate(words().reasons, 1):
            action = self.addAction(f"&{number}  {reason.title}")
            action.setObjectName(f"reason_{reason.code}")
            action.triggered.connect(lambda _checked=False, code=reason.code: reject(code))

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)
