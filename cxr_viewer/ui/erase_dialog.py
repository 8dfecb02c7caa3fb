"""Asks before a patient is erased: the one question of the program, for this alone cannot be undone."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from cxr_viewer.ui import icons, theme

WORD = "erase"


@dataclass(frozen=True, slots=True)
class ErasureFacts:
    """What the question is about.

    Attributes:
        images: of the patient in the worklist.
        recorded: instances of theirs that the journal knows.
    """

    who: str
    images: int
    recorded: int


class EraseDialog(QDialog):
    """The button wakes up when the word is typed; Esc is always the way out."""

    confirmed = Signal()

    def __init__(self, facts: ErasureFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("erase_dialog")
        self.setWindowTitle("Erase a patient")
        self.setWindowIcon(icons.application_icon())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = QLabel(f"Erase {facts.who}?")
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        theme.set_role(title, "title")
        words = QLabel(_words(facts))
        words.setWordWrap(True)
        caution = QLabel("⚠ This cannot be undone.")
        theme.set_role(caution, "bad")
        self.field = QLineEdit()
        self.field.setPlaceholderText(f"Type “{WORD}” to go on")
        self.field.setAccessibleName(f"Type {WORD} to go on")
        self.field.textChanged.connect(self._judge)
        self.erase = QPushButton("Erase for ever")
        self.erase.setAccessibleName("Erase for ever")
        self.erase.setAutoDefault(False)
        self.erase.setEnabled(False)
        self.erase.clicked.connect(self._confirm)
        keep = QPushButton("Keep")
        keep.setAccessibleName("Keep")
        keep.setAutoDefault(False)
        keep.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self.field, 1)
        foot.addWidget(self.erase)
        foot.addWidget(keep)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        for widget in (title, words, caution):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addLayout(foot)
        self.resize(560, 380)
        self.field.setFocus()

    def _judge(self, text: str) -> None:
        self.erase.setEnabled(text.strip().casefold() == WORD)

    def _confirm(self) -> None:
        self.confirmed.emit()
        self.accept()


def _words(facts: ErasureFacts) -> str:
    images = "1 image" if facts.images == 1 else f"{facts.images} images"
    known = "1 instance" if facts.recorded == 1 else f"{facts.recorded} instances"
    return (
        f"The worklist shows {images} of this patient; the journal knows {known}. Findings, verdicts, comments and "
        "places of all readers are erased from the journal, candidates and known files from the cache, so that no byte "
        "of them is left.\n\n"
        "What stays: that something was erased, when, by whom and how many instances.\n\n"
        "What is not touched: the image files, copies of the journal made earlier, exports and reports. What lies in "
        "folders that are not open now is not found."
    )
