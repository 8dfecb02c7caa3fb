"""Keeps the worklist's states in step with the journal and the cache."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store.candidate_cache import CandidateCache, KnownFile
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.file_stamp import FileStamp
from cxr_viewer.store.known_answer import KnownAnswer
from cxr_viewer.store.records import InstanceState
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.device_polarity import DevicePolarity, name_of_answers
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_model import WorklistModel

_PORTION = 500  # keys: a few milliseconds


class StatesOfRows(QObject):
    """Asks the journal how far the reader is, by one query for a batch of rows."""

    def __init__(
        self,
        session: ReviewSession,
        model: WorklistModel,
        cache: CandidateCache | None,
        files: BackgroundTasks,
        polarity: DevicePolarity,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._polarity = polarity
        self._session, self._model, self._cache, self._files = session, model, cache, files
        session.instance_changed.connect(self._follow_instance)
        session.review_changed.connect(self._follow_edit)

    def fill(self, entries: list[WorklistEntry]) -> None:
        """Look states and answers of new rows up before they are shown."""
        keys = [entry.key for entry in entries if entry.key is not None]
        states = self._states(keys)
        answers = self._answers(entries)
        for entry in entries:
            if entry.key is not None:
                entry.state = states.get(entry.key, InstanceState())
                entry.answer = answers.get(entry.key)

    def refill(self) -> None:
        """Look all answers up anew, for an archive off the GUI thread: another model, or another polarity, holds."""
        self._model.clear_answers()
        keys = self._keys_by_name(self._model.entries)
        model, cache = self._session.model, self._cache
        if keys and model is not None and cache is not None:
            digest = model.digest
            self._files.submit(lambda: _looked_up(cache, keys), lambda answers: self._refill(digest, answers))

    def _refill(self, digest: str, answers: dict[InstanceKey, KnownAnswer]) -> None:
        if self._session.model is not None and self._session.model.digest == digest:
            self._model.add_answers(answers)

    def reread(self) -> None:
        """Look the states of all rows up anew: another reader reads, or another journal is open."""
        keys = list({entry.key for entry in self._model.entries if entry.key is not None})
        self._model.replace_states(self._states(keys))

    def remember_decoded(self, path: Path, key: InstanceKey, rows: int, columns: int, picture: QImage | None) -> None:
        """Keep what a file holds, for this list and for the next time the folder is opened."""
        self._model.set_decoded(path, key, picture)
        self._model.set_state(key, self._states([key]).get(key, InstanceState()))
        entry = self._model.entry(path)
        if entry is not None and (answer := self._answers([entry]).get(key)) is not None:
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

    def _answers(self, entries: list[WorklistEntry]) -> dict[InstanceKey, KnownAnswer]:
        keys = self._keys_by_name(entries)
        return _looked_up(self._cache, keys) if keys and self._cache else {}

    def _keys_by_name(self, entries: Iterable[WorklistEntry]) -> dict[str, list[InstanceKey]]:
        """Return the keys of rows by the name that the answers to them are kept under; none without a model."""
        found: dict[str, list[InstanceKey]] = defaultdict(list)
        for entry in entries:
            if entry.key is not None and entry.instance is not None and self._session.model is not None:
                is_wrong = self._polarity.is_wrong(entry.instance.manufacturer, entry.instance.model, entry.key)
                found[name_of_answers(self._session.model.digest, is_wrong)].append(entry.key)
        return found


def _looked_up(cache: CandidateCache, keys: dict[str, list[InstanceKey]]) -> dict[InstanceKey, KnownAnswer]:
    """Ask in portions, so that nobody else waits long for the cache."""
    found: dict[InstanceKey, KnownAnswer] = {}
    for name, wanted in keys.items():
        for start in range(0, len(wanted), _PORTION):
            found |= cache.answers(wanted[start : start + _PORTION], name)
    return found
