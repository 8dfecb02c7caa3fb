"""The worklist as a Qt model: all rows as they were found, whatever order and filter the reader sees them in."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QImage

from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store.known_answer import KnownAnswer
from cxr_viewer.store.records import InstanceState
from cxr_viewer.ui.thumbnail_shelf import ThumbnailShelf
from cxr_viewer.ui.worklist_entry import WorklistEntry

Index = QModelIndex | QPersistentModelIndex
ENTRY = Qt.ItemDataRole.UserRole


class WorklistModel(QAbstractListModel):
    """Rows in the order in which they were found; they are only ever added, so places stay."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[WorklistEntry] = []
        self._rows: dict[Path, int] = {}
        self._holders: dict[InstanceKey, list[int]] = {}
        self._shelf = ThumbnailShelf()

    @property
    def entries(self) -> tuple[WorklistEntry, ...]:
        """All rows."""
        return tuple(self._entries)

    def at(self, row: int) -> WorklistEntry:
        """Return one row."""
        return self._entries[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - the default Qt asks for
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - as Qt declares it
        if not index.isValid() or index.row() >= len(self._entries):
            return None
        entry = self._entries[index.row()]
        if role == ENTRY:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{entry.title}\n{entry.subtitle}\n{entry.line}\n{entry.path}".replace("\n\n", "\n")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return entry.spoken
        return None

    def clear(self) -> None:
        """Forget all rows."""
        self.beginResetModel()
        self._entries.clear()
        self._rows.clear()
        self._shelf.clear()
        self._holders.clear()
        self.endResetModel()

    def append(self, entries: Iterable[WorklistEntry]) -> None:
        """Add rows at the end; files that are there already are left out."""
        fresh = [entry for entry in entries if entry.path not in self._rows]
        if fresh:
            first = len(self._entries)
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            for number, entry in enumerate(fresh, first):
                self._rows[entry.path] = number
                if entry.key is not None:
                    self._holders.setdefault(entry.key, []).append(number)
            self._entries += fresh
            self.endInsertRows()

    def entry(self, path: Path) -> WorklistEntry | None:
        """Return the row of a file."""
        row = self._rows.get(path)
        return None if row is None else self._entries[row]

    def index_of(self, path: Path) -> QModelIndex:
        """Return the index of a file's row, invalid when there is none."""
        row = self._rows.get(path)
        return QModelIndex() if row is None else self.index(row)

    def row_of(self, path: Path) -> int | None:
        """Return the number of a file's row."""
        return self._rows.get(path)

    def set_state(self, key: InstanceKey, state: InstanceState) -> None:
        """Show how far the reader is with an instance, in every row that holds it."""
        for row in self._holders.get(key, ()):
            if self._entries[row].state != state:
                self._entries[row].state = state
                self._announce(row)

    def replace_states(self, states: Mapping[InstanceKey, InstanceState]) -> None:
        """Show how far another reader is, in all rows at once; instances that are not named are unread."""
        for entry in self._entries:
            if entry.key is not None:
                entry.state = states.get(entry.key, InstanceState())
        self._announce_all()

    def set_answer(self, key: InstanceKey, answer: KnownAnswer) -> None:
        """Show what the model said of an instance, in every row that holds it."""
        for row in self._holders.get(key, ()):
            if self._entries[row].answer != answer:
                self._entries[row].answer = answer
                self._announce(row)

    def add_answers(self, answers: Mapping[InstanceKey, KnownAnswer]) -> None:
        """Show what the model said of many instances at once."""
        for key, answer in answers.items():
            for row in self._holders.get(key, ()):
                self._entries[row].answer = answer
        self._announce_all()

    def clear_answers(self) -> None:
        """Forget what a model said: another one is in use."""
        for entry in self._entries:
            entry.answer = None
        self._announce_all()

    def set_decoded(self, path: Path, key: InstanceKey, thumbnail: QImage | None) -> None:
        """Keep identity and picture of a file that was decoded."""
        row = self._rows.get(path)
        if row is None:
            return
        entry = self._entries[row]
        if entry.key != key:
            if entry.key is not None:
                self._holders[entry.key].remove(row)
            entry.key = key
            self._holders.setdefault(key, []).append(row)
        if thumbnail is not None:
            self._shelf.put(entry, thumbnail)
        self._announce(row)

    def keep_in_sight(self, entries: Iterable[WorklistEntry]) -> None:
        """Keep the thumbnails of these rows before others: they are in sight."""
        self._shelf.touch(entries)

    def drop_thumbnails(self, is_concerned: Callable[[WorklistEntry], bool]) -> None:
        """Forget small pictures that do not show what is shown now; they are made again when they come in sight."""
        for row, entry in enumerate(self._entries):
            if entry.thumbnail is not None and is_concerned(entry):
                entry.thumbnail, entry.is_thumbnail_asked = None, False
                self._announce(row)

    def set_failed(self, path: Path, reason: str) -> None:
        """Grey a row whose file turned out to be unreadable."""
        row = self._rows.get(path)
        if row is not None:
            self._entries[row].reason = reason
            self._announce(row)

    def _announce(self, row: int) -> None:
        self.dataChanged.emit(self.index(row), self.index(row))

    def _announce_all(self) -> None:
        if self._entries:
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1))
