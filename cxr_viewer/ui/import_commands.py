"""Brings boxes of others in from the menu: reads, matches, decodes and writes off the GUI thread."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from cxr_viewer.core.interchange import boxes_of_others
from cxr_viewer.core.studies import Instance
from cxr_viewer.dicom.pixel_header import DecodedInstance
from cxr_viewer.importing import ImportReport, bring_in
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.import_dialogs import ImportDialog, ImportReportDialog
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.others_boxes import OthersBoxes
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.settings import LAST_FOLDER, Settings
from cxr_viewer.ui.worklist_model import WorklistModel

Decode = Callable[[Path], DecodedInstance]


class ImportCommands(QObject):
    """Connects the action; one import at a time."""

    def __init__(
        self,
        window: MainWindow,
        session: ReviewSession,
        worklist: WorklistModel,
        others: OthersBoxes,
        decode: Decode,
        files: BackgroundTasks,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self._session, self._worklist, self._others = window, session, worklist, others
        self._decode, self._files, self._settings = decode, files, settings
        self._action = window.named_actions["import_boxes"]
        self._is_running = False
        self._action.triggered.connect(self._ask)
        for changed in (worklist.rowsInserted, worklist.modelReset, session.store_changed):
            changed.connect(self._show_enabled)
        self._show_enabled()

    def _show_enabled(self) -> None:
        can_write = self._session.journal is not None and not self._session.store_error
        self._action.setEnabled(can_write and not self._is_running and self._worklist.rowCount() > 0)

    def _ask(self) -> None:
        dialog = ImportDialog(self._session.reader, self._settings.get(LAST_FOLDER), self._window)
        dialog.asked.connect(self.bring_in)
        dialog.open()

    def bring_in(self, path: Path, reader: str) -> None:
        """Import the boxes of a file as findings of a reader."""
        journal = self._session.journal
        if journal is None:
            return
        instances = tuple(entry.instance for entry in self._worklist.entries if entry.instance is not None)
        self._is_running = True
        self._show_enabled()
        self._window.tell(f"Importing {path.name} …")
        call = partial(_bring_in, path, reader, instances, self._decode, journal.path)
        self._files.submit(call, partial(self._on_done, reader), self._on_error)

    def _on_done(self, reader: str, report: ImportReport) -> None:
        self._end()
        self._window.tell(f"{reader}: {report.sentence}")
        if report.left_out:
            ImportReportDialog(reader, report, self._window).open()

    def _on_error(self, error: BaseException) -> None:
        self._end()
        self._window.tell(str(error) or f"The boxes could not be imported ({type(error).__name__}).", "bad")

    def _end(self) -> None:
        self._is_running = False
        self._show_enabled()
        self._others.refresh()


def _bring_in(
    path: Path, reader: str, instances: tuple[Instance, ...], decode: Decode, journal_path: Path
) -> ImportReport:
    """Do the work; opens the journal for itself, so any thread may call it."""
    images = boxes_of_others.read(path)
    from cxr_viewer.store.journal import Journal

    with Journal.open(journal_path, create=False) as journal:
        return bring_in(images, reader, instances, decode, journal)
