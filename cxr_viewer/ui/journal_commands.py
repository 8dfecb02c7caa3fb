"""Copies of the journal, and caches, from the menu: off the GUI thread, one sentence at the end."""

import shutil
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from cxr_viewer.store import locations
from cxr_viewer.store.candidate_cache import CandidateCache
from cxr_viewer.store.sizes import size_words
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.opening import Opening
from cxr_viewer.ui.reading_flow import ReadingFlow
from cxr_viewer.ui.review_session import ReviewSession

if TYPE_CHECKING:
    from cxr_viewer.store.backup import Restored

_FILTER = "Journals (*.sqlite);;All files (*)"


class JournalCommands(QObject):
    """Connects the actions that look after journal and caches."""

    def __init__(
        self,
        window: MainWindow,
        session: ReviewSession,
        flow: ReadingFlow,
        opening: Opening,
        files: BackgroundTasks,
        cache: CandidateCache | None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self._session, self._flow, self._opening = window, session, flow, opening
        self._files, self._cache = files, cache
        actions = window.named_actions
        actions["back_up"].triggered.connect(self._choose_copy)
        actions["restore"].triggered.connect(self._choose_restore)
        actions["clear_caches"].triggered.connect(self._clear_caches)

    # -- copies --------------------------------------------------------------------------------------------------

    def _choose_copy(self) -> None:
        name = f"journal-{datetime.now().astimezone():%Y-%m-%d}.sqlite"
        dialog = QFileDialog(self._window, "Back up the journal into a new file", str(Path.home() / name), _FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # a file that exists is refused anyway
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda path: self.back_up(Path(path)))
        dialog.open()

    def back_up(self, target: Path) -> None:
        """Write a copy of the journal."""
        journal = self._session.journal
        if journal is None:
            self._window.tell(self._session.store_error, "bad")
            return
        from cxr_viewer.store import backup

        call = partial(backup.back_up, journal.path, target)
        self._files.submit(call, lambda size: self._tell_copied(target, size), self._tell_error)

    def _tell_copied(self, target: Path, size: int) -> None:
        self._window.tell(
            f"The journal is copied to {target} ({size_words(size)}). Keep it safe: it tells of patients."
        )

    def _choose_restore(self) -> None:
        dialog = QFileDialog(self._window, "Restore the journal from a copy", str(Path.home()), _FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.restore(Path(path)))
        dialog.open()

    def restore(self, copy: Path) -> None:
        """Put a copy in the journal's place, and open again what is open now."""
        from cxr_viewer.store import backup

        journal = self._session.journal
        path = journal.path if journal else locations.default_journal_path()
        opened = self._opening.close()
        self._session.close_store()
        self._window.show_start_page("Restoring the journal …")
        self._files.submit(
            partial(backup.restore, copy, path),
            lambda restored: self._reopen(opened, restored_words(restored), "info"),
            lambda error: self._reopen(opened, error_words(error), "bad"),
        )

    def _reopen(self, opened: tuple[Path, ...], sentence: str, mood: str) -> None:
        self._session.retry_store()
        if not opened:
            self._window.show_start_page(sentence)
            return
        self._opening.open(opened)
        self._once_settled(lambda: self._window.tell(sentence, mood))

    def _once_settled(self, call: Callable[[], None]) -> None:
        def settle() -> None:
            self._flow.settled.disconnect(settle)
            call()

        self._flow.settled.connect(settle)

    # -- caches --------------------------------------------------------------------------------------------------

    def _clear_caches(self) -> None:
        """Empty the caches; what is in memory stays, so that nothing on the screen changes."""
        before = self._cache.size_bytes if self._cache else 0
        self._files.submit(
            partial(clear_caches, self._cache),
            lambda _: self._window.tell(f"The caches are empty; {size_words(before)} of candidates are gone."),
            self._tell_error,
        )

    def _tell_error(self, error: BaseException) -> None:
        self._window.tell(error_words(error), "bad")


def clear_caches(cache: CandidateCache | None) -> None:
    """Empty the candidate cache and delete compiled networks; any thread may call it."""
    if cache is not None:
        cache.clear()
    shutil.rmtree(locations.graphs_folder(), ignore_errors=True)


def restored_words(restored: "Restored") -> str:
    """Return what a restore did, as a sentence."""
    kept = f" What was there before is kept as {restored.kept}." if restored.kept else ""
    return f"The journal is restored.{kept}"


def error_words(error: BaseException) -> str:
    """Return an error as a sentence."""
    return str(error) or f"That could not be done ({type(error).__name__})."
