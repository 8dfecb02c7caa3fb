"""Writes the signed reviews into a folder from the menu, off the GUI thread: as a correction set or as a ledger."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.review_session import ReviewSession

Export = Callable[[Path, Path], str]
"""Journal file and empty target folder in, one sentence on what was written out."""


class JournalExport(QObject):
    """One sentence comes back, whether it worked or not."""

    written = Signal(str)
    failed = Signal(str)

    def __init__(
        self, export: Export, files: BackgroundTasks, session: ReviewSession, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._export, self._files, self._session = export, files, session

    def write(self, folder: Path) -> None:
        """Write into a folder; the worker opens the journal anew for itself."""
        journal = self._session.journal
        if journal is None:
            self.failed.emit(self._session.store_error)
            return
        self._files.submit(partial(self._export, journal.path, folder), self.written.emit, self._on_error)

    def _on_error(self, error: BaseException) -> None:
        self.failed.emit(str(error) or f"The export could not be written ({type(error).__name__}).")
