"""What stands in the worklist's place when no row passes search and filter: why, and the way back."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from cxr_viewer.ui import theme
from cxr_viewer.ui.worklist_query import Query
from cxr_viewer.ui.worklist_rows import StateFilter


class WorklistEmpty(QWidget):
    """A sentence and one button."""

    def __init__(self, clear: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self._words, "note")
        self._button = QPushButton()
        self._button.clicked.connect(clear.trigger)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 40, 12, 12)
        layout.setSpacing(12)
        layout.addWidget(self._words)
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)

    @property
    def sentence(self) -> str:
        """What is said."""
        return self._words.text()

    def say(self, state: StateFilter, query: Query, rows: int) -> None:
        """Say why nothing is shown."""
        self._words.setText(why_empty(state, query))
        self._button.setText(f"Show all {rows} rows" if rows > 1 else "Show the only row")


def why_empty(state: StateFilter, query: Query) -> str:
    """Return why no row passes, as a sentence."""
    if state is StateFilter.SECOND_READ:
        which = "No row that a second read is asked for"
        return f"{which} matches “{query.text}”." if query.text else "No second read is asked for."
    which = "No row" if state is StateFilter.ALL else f"No row that is {state.value.lower()}"
    return f"{which} matches “{query.text}”." if query.text else f"{which}."
