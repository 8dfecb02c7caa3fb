"""Erases the patient on the screen from journal, caches and settings."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from cxr_viewer.core.patients import is_same_patient
from cxr_viewer.core.studies import Instance, InstanceKey
from cxr_viewer.store.candidate_cache import CandidateCache
from cxr_viewer.store.errors import StoreError
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.device_polarity import DevicePolarity
from cxr_viewer.ui.erase_dialog import EraseDialog, ErasureFacts
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.opening import Opening
from cxr_viewer.ui.patient_index import PatientIndex
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.settings import LAST_FOLDER, RECENT, Settings
from cxr_viewer.ui.worklist_entry import WorklistEntry, person_name
from cxr_viewer.ui.worklist_model import WorklistModel

if TYPE_CHECKING:
    from cxr_viewer.store.erasure import Erasure
    from cxr_viewer.store.journal import Journal


class EraseCommands(QObject):
    """Finds what belongs to the patient, asks, erases off the GUI thread, and says what came of it."""

    def __init__(
        self,
        window: MainWindow,
        session: ReviewSession,
        worklist: WorklistModel,
        patients: PatientIndex,
        opening: Opening,
        files: BackgroundTasks,
        cache: CandidateCache | None,
        polarity: DevicePolarity,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self._session, self._worklist, self._patients = window, session, worklist, patients
        self._opening, self._files, self._cache, self._settings = opening, files, cache, settings
        self._polarity = polarity
        window.named_actions["erase_patient"].triggered.connect(self.ask)
        session.instance_changed.connect(self._show_enabled)
        session.store_changed.connect(self._show_enabled)
        self._show_enabled()

    def ask(self) -> None:
        """Ask whether the patient on the screen is to be erased."""
        reading, journal = self._session.reading, self._session.journal
        if reading is None or journal is None:
            return
        entries = self._entries_of(reading.instance)
        try:
            keys = keys_of(journal, entries)
        except StoreError as error:
            self._window.tell(str(error), "bad")
            return
        who = person_name(reading.instance.patient_name) or reading.instance.patient_id or reading.instance.path.name
        dialog = EraseDialog(ErasureFacts(who, len(entries), len(keys)), self._window)
        dialog.confirmed.connect(lambda: self._erase(keys, entries))
        dialog.open()

    def _erase(self, keys: tuple[InstanceKey, ...], entries: Sequence[WorklistEntry]) -> None:
        """Close what is open, so that nothing of it is written again, then erase."""
        journal = self._session.journal
        if journal is None:
            return
        paths = [entry.path for entry in entries]
        others = [entry.path for entry in self._worklist.entries if entry.path not in set(paths)]
        self._opening.close()
        self._forget_in_settings(keys, paths, others)
        self._window.show_start_page("Erasing …")
        call = partial(erase, journal.path, self._cache, keys, paths, self._session.reader)
        self._files.submit(call, lambda erasure: self._tell(erasure_words(erasure)), self._tell_failed)

    def _entries_of(self, instance: Instance) -> tuple[WorklistEntry, ...]:
        """Return the rows of an instance's patient; of a picture that names nobody, its own row alone."""
        found = [other for other in self._patients.others(instance) if is_same_patient(instance, other)]
        paths = {other.path for other in found} | {instance.path}
        return tuple(entry for entry in self._worklist.entries if entry.path in paths)

    def _forget_in_settings(self, keys: Sequence[InstanceKey], paths: Sequence[Path], others: Sequence[Path]) -> None:
        """Forget files, folders that hold nobody else, and single images whose polarity was corrected."""
        settings = self._settings
        settings.set(RECENT, tuple(text for text in settings.get(RECENT) if not _is_of(Path(text), paths, others)))
        if _is_of(Path(settings.get(LAST_FOLDER)), paths, others):
            settings.set(LAST_FOLDER, "")
        self._polarity.forget(keys)
        settings.flush()
        self._opening.opened.emit()  # what shows recent folders shows them anew

    def _tell(self, sentence: str) -> None:
        self._window.show_start_page(sentence)

    def _tell_failed(self, error: BaseException) -> None:
        self._window.show_start_page(str(error) or f"Nothing was erased ({type(error).__name__}).")

    def _show_enabled(self) -> None:
        is_possible = self._session.reading is not None and self._session.journal is not None
        self._window.named_actions["erase_patient"].setEnabled(is_possible)


def keys_of(journal: "Journal", entries: Sequence[WorklistEntry]) -> tuple[InstanceKey, ...]:
    """Return the instances of some rows that the journal knows: by pixels, by file, and the rest of their studies."""
    uids = [entry.instance.study_instance_uid for entry in entries if entry.instance]
    keys = [entry.key for entry in entries if entry.key is not None]
    return journal.instances_of(keys, uids, [entry.path for entry in entries])


def erase(
    journal: Path, cache: CandidateCache | None, keys: Sequence[InstanceKey], paths: Sequence[Path], reader: str
) -> "Erasure":
    """Erase instances from a journal and the cache; opens the journal for itself, so any thread may call it."""
    from cxr_viewer.store.journal import Journal

    with Journal.open(journal, create=False) as opened:
        erasure = opened.erase(keys, reader)
    if cache is not None:
        cache.forget(keys, paths)
    return erasure


def erasure_words(erasure: "Erasure") -> str:
    """Return what was erased, as a sentence."""
    instances = "1 instance" if erasure.instances == 1 else f"{erasure.instances} instances"
    return f"Erased: {instances} of one patient. The image files are where they were."


def _is_of(place: Path, paths: Sequence[Path], others: Sequence[Path]) -> bool:
    """Whether a file or folder is the patient's alone: some of the paths lie there, and nothing else does."""
    return any(_is_in(path, place) for path in paths) and not any(_is_in(path, place) for path in others)


def _is_in(path: Path, place: Path) -> bool:
    return path == place or place in path.parents
