"""Keeps the worklist's states in step with the journal and the cache."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store.candidate_cache import CandidateCache, FileStamp, KnownFile
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.records import InstanceState
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
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._model, self._cache = session, model, cache
        session.instance_changed.connect(self._follow_instance)
        session.review_changed.connect(self._follow_edit)

    def fill(self, entries: list[WorklistEntry]) -> None:
        """Look states and scores of new rows up before they are shown."""
        keys = [entry.key for entry in entries if entry.key is not None]
        states = self._states(keys)
        scores = self._scores(keys)
        for entry in entries:
            if entry.key is not None:
                entry.state = states.get(entry.key, InstanceState())
                entry.top_score = scores.get(entry.key)

    def refill(self) -> None:
        """Look the scores of all rows up anew: another model is in use."""
        keys = list({entry.key for entry in self._model.entries if entry.key is not None})
        scores = self._scores(keys)
        for key in keys:
            self._model.set_answer(key, scores.get(key))

    def remember_decoded(self, path: Path, key: InstanceKey, rows: int, columns: int, picture: QImage | None) -> None:
        """Keep what a file holds, for this list and for the next time the folder is opened."""
        self._model.set_decoded(path, key, picture)
        self._model.set_state(key, self._states([key]).get(key, InstanceState()))
        if (score := self._scores([key]).get(key)) is not None:
            self._model.set_answer(key, score)
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

    def _scores(self, keys: list[InstanceKey]) -> dict[InstanceKey, float]:
        if not keys or self._cache is None or self._session.model is None:
            return {}
        return self._cache.top_scores(keys, self._session.model.digest)
