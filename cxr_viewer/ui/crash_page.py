"""Shows a crash report, word for word, to be read, copied or deleted."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from cxr_viewer.ui import icons, theme
from cxr_viewer.ui.dialog_button import dialog_button


class CrashPage(QDialog):
    """One text and two buttons; nothing is sent from here or anywhere."""

    delete_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("crash_page")
        self.setWindowTitle("Crash report")
        self.setWindowIcon(icons.application_icon())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("Crash report")
        self.copy = dialog_button("Copy as text", "Put the report on the clipboard.")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        self.delete_reports = dialog_button("Delete", "Delete all crash reports of this computer.")
        self.delete_reports.clicked.connect(self.delete_asked)
        note = QLabel("Whoever helps you may want this text. Nothing is sent by the program.")
        note.setWordWrap(True)
        theme.set_role(note, "note")
        foot = QHBoxLayout()
        foot.addWidget(note, 1)
        foot.addWidget(self.copy)
        foot.addWidget(self.delete_reports)
        layout = QVBoxLayout(self)
        layout.addWidget(self.text)
        layout.addLayout(foot)
        self.resize(760, 520)

    def show_text(self, text: str) -> None:
        """Show a report."""
        self.text.setPlainText(text)
