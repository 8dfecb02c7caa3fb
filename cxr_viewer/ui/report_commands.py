"""The report of the study on the screen as a file: its picture is drawn here, the page written off the GUI thread."""

import base64
import os
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from cxr_viewer.store import private_file
from cxr_viewer.ui import canvas_picture, report_facts, study_report
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.reading_flow import ReadingFlow
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.study_report import StudyReport
from cxr_viewer.ui.worklist_model import WorklistModel


class ReportCommands(QObject):
    """Connects the action; the file's name never comes from a header."""

    def __init__(
        self,
        window: MainWindow,
        session: ReviewSession,
        flow: ReadingFlow,
        worklist: WorklistModel,
        files: BackgroundTasks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self._session, self._flow = window, session, flow
        self._worklist, self._files = worklist, files
        window.named_actions["study_report"].triggered.connect(self._choose)
        session.instance_changed.connect(self._show_enabled)
        self._show_enabled()

    def _choose(self) -> None:
        name = f"report-{datetime.now().astimezone():%Y-%m-%d-%H%M}.html"
        dialog = QFileDialog(self._window, "Report of this study", str(Path.home() / name), "Web pages (*.html)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("html")
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda path: self.write_report(Path(path)))
        dialog.open()

    def write_report(self, path: Path) -> None:
        """Write the report of the study on the screen, as it is at this moment."""
        if self._session.reading is None:
            return
        view = self._window.image_view
        report = report_facts.gather(self._session, view, self._flow.verdict, self._worklist.entries)
        call = partial(_write_report, report, canvas_picture.picture_of(view), path)
        self._files.submit(
            call, lambda _: self._tell(f"The report is written to {path}. It holds patient data."), self._fail
        )

    def _tell(self, sentence: str) -> None:
        self._window.tell(sentence)

    def _fail(self, error: BaseException) -> None:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        self._window.tell(f"The file could not be written: {reason}.", "bad")

    def _show_enabled(self) -> None:
        self._window.named_actions["study_report"].setEnabled(self._session.reading is not None)


def _write_report(report: StudyReport, picture: QImage, path: Path) -> None:
    address = f"data:image/png;base64,{base64.b64encode(png_of(picture)).decode('ascii')}"
    write_whole(path, study_report.page(report, address).encode("utf-8"))


def png_of(picture: QImage) -> bytes:
    """Return a picture as a PNG file."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not picture.save(buffer, "PNG"):  # type: ignore[call-overload]  # the stubs know file names only
        raise OSError("the picture could not be encoded")
    return bytes(content.data())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file for this user only, beside its place first, so that there is never half of one."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        private_file.prepare(part)
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
