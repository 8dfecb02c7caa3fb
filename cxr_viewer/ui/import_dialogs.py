"""Asks for a file of boxes and for who drew them; shows afterwards what was left out."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cxr_viewer.importing import ImportReport
from cxr_viewer.ui import icons, theme

_FILTER = "Boxes (*.csv *.csv.gz *.json);;All files (*)"


class ImportDialog(QDialog):
    """The button wakes up when file and name are there, and the name is not that of who reads now."""

    asked = Signal(object, str)
    """Path and reader."""

    def __init__(self, current_reader: str, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current_reader, self._folder = current_reader, folder
        self.setObjectName("import_dialog")
        self.setWindowTitle("Import boxes")
        self.setWindowIcon(icons.application_icon())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        words = QLabel(
            "Boxes that somebody else drew come in as findings of that reader. They are matched with the images of the "
            "worklist by file name or SOP Instance UID, and shown only after your own signature "
            "(“Boxes of other readers” in the View menu)."
        )
        words.setWordWrap(True)
        self.file = QLineEdit()
        self.file.setPlaceholderText("RSNA label CSV or COCO JSON")
        self.file.setAccessibleName("File of boxes")
        browse = QPushButton("Choose…")
        browse.setAccessibleName("Choose the file of boxes")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        self.reader = QLineEdit()
        self.reader.setPlaceholderText("Name of whoever drew them")
        self.reader.setAccessibleName("Reader who drew the boxes")
        self.note = QLabel()
        self.note.setWordWrap(True)
        theme.set_role(self.note, "caution")
        self.run = QPushButton("Import")
        self.run.setAccessibleName("Import")
        theme.set_role(self.run, "primary")
        self.run.setDefault(True)
        self.run.clicked.connect(self._confirm)
        cancel = QPushButton("Cancel")
        cancel.setAccessibleName("Cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        for field in (self.file, self.reader):
            field.textChanged.connect(self._judge)
        self._lay_out(words, browse, cancel)
        self._judge()

    def _lay_out(self, words: QLabel, browse: QPushButton, cancel: QPushButton) -> None:
        line = QHBoxLayout()
        line.addWidget(self.file, 1)
        line.addWidget(browse)
        form = QFormLayout()
        form.addRow("File", line)
        form.addRow("Reader", self.reader)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.run)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addWidget(words)
        layout.addLayout(form)
        layout.addWidget(self.note)
        layout.addStretch(1)
        layout.addLayout(foot)
        self.resize(560, 260)

    def _browse(self) -> None:
        dialog = QFileDialog(self, "File of boxes", self._folder, _FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.file.setText)
        dialog.open()

    def _judge(self) -> None:
        reader = self.reader.text().strip()
        is_own = reader.casefold() == self._current_reader.casefold()
        self.note.setText("These boxes would become your own: give the name of whoever drew them." if is_own else "")
        self.run.setEnabled(bool(self.file.text().strip() and reader) and not is_own)

    def _confirm(self) -> None:
        self.asked.emit(Path(self.file.text().strip()), self.reader.text().strip())
        self.accept()


class ImportReportDialog(QDialog):
    """One line for every image and box that did not come in; the text can be kept as a file."""

    def __init__(self, reader: str, report: ImportReport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report = report
        self.setObjectName("import_report")
        self.setWindowTitle(f"Boxes of {reader}")
        self.setWindowIcon(icons.application_icon())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = QLabel(report.sentence)
        title.setWordWrap(True)
        theme.set_role(title, "heading")
        self.lines = QPlainTextEdit("\n".join(report.left_out))
        self.lines.setReadOnly(True)
        self.lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.lines.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.lines.setAccessibleName("What was left out")
        self.failure = QLabel()
        self.failure.setWordWrap(True)
        theme.set_role(self.failure, "bad")
        keep = QPushButton("Save as text…")
        keep.setAccessibleName("Save what was left out as text")
        keep.setAutoDefault(False)
        keep.clicked.connect(self._choose)
        close = QPushButton("Close")
        close.setAccessibleName("Close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addWidget(keep)
        foot.addStretch(1)
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        for widget in (title, self.lines, self.failure):
            layout.addWidget(widget)
        layout.addLayout(foot)
        self.resize(760, 420)

    def _choose(self) -> None:
        dialog = QFileDialog(self, "Save what was left out", "import-report.txt", "Text (*.txt)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(lambda path: self.save(Path(path)))
        dialog.open()

    def save(self, path: Path) -> None:
        """Write the report as text."""
        try:
            path.write_text(self._report.text, encoding="utf-8")
        except OSError as error:
            self.failure.setText(f"{path} cannot be written: {error.strerror or error}.")
