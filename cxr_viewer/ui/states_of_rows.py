"""Keeps the worklist's states in step with the journal and the cache."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store.candidate_cache import CandidateCache, FileStamp, KnownFile
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.known_answer import KnownAnswer
from cxr_viewer.store.records import InstanceState
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_model import WorklistModel


class StatesOfRows(QObject):
    """Asks the journal how far the reader is, by one query for a batch of rows."""

    def __init__(
        self,
        session: ReviewSession,
        model: WorklistModel,
        cache: CandidateCache | None,
        files: BackgroundTasks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._model, self._cache, self._files = session, model, cache, files
        session.instance_changed.connect(self._follow_instance)
        session.review_changed.connect(self._follow_edit)

    def fill(self, entries: list[WorklistEntry]) -> None:
        """Look states and answers of new rows up before they are shown."""
        keys = [entry.key for entry in entries if entry.key is not None]
        states = self._states(keys)
        answers = self._answers(keys)
        for entry in entries:
            if entry.key is not None:
                entry.state = states.get(entry.key, InstanceState())
                entry.answer = answers.get(entry.key)

    def refill(self) -> None:
        """Look the answers of all rows up anew, for an archive off the GUI thread: another model is in use."""
        self._model.clear_answers()
        keys = list({entry.key for entry in self._model.entries if entry.key is not None})
        model, cache = self._session.model, self._cache
        if keys and model is not None and cache is not None:
            digest = model.digest
            self._files.submit(lambda: cache.answers(keys, digest), lambda answers: self._refill(digest, answers))

    def _refill(self, digest: str, answers: dict[InstanceKey, KnownAnswer]) -> None:
        if self._session.model is not None and self._session.model.digest == digest:
            self._model.add_answers(answers)

    def remember_decoded(self, path: Path, key: InstanceKey, rows: int, columns: int, picture: QImage | None) -> None:
        """Keep what a file holds, for this list and for the next time the folder is opened."""
        self._model.set_decoded(path, key, picture)
        self._model.set_state(key, self._states([key]).get(key, InstanceState()))
        if (answer := self._answers([key]).get(key)) is not None:
            self._model.set_answer(key, answer)
        if self._cache:
            try:
                self._cache.remember_file(FileStamp.of(path), KnownFile(key, rows, columns))
            except OSError:
                return

    def _follow_instance(self) -> None:
        self._follow_edit()

    def _follow_edit(self) -> None:
        if reading := self._session.reading:
            self._model.set_state(reading.key, self._states([reading.key]).get(reading.key, InstanceState()))

    def _states(self, keys: list[InstanceKey]) -> dict[InstanceKey, InstanceState]:
        if not keys or self._session.journal is None:
            return {}
        try:
            return self._session.journal.states(keys, self._session.reader)
        except StoreError:
            return {}

    def _answers(self, keys: list[InstanceKey]) -> dict[InstanceKey, KnownAnswer]:
        if not keys or self._cache is None or self._session.model is None:
            return {}
        return self._cache.answers(keys, self._session.model.digest)
