"""The worklist as Qt models: all rows as they were found, and the rows that filter and search let through."""

import itertools
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QImage

from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store.records import InstanceState, Progress
from cxr_viewer.ui.worklist_entry import WorklistEntry

Index = QModelIndex | QPersistentModelIndex
ENTRY = Qt.ItemDataRole.UserRole


class WorklistModel(QAbstractListModel):
    """Rows in the order in which they were found; they are only ever added, so places stay."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[WorklistEntry] = []
        self._rows: dict[Path, int] = {}

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
        self.endResetModel()

    def append(self, entries: Iterable[WorklistEntry]) -> None:
        """Add rows at the end; files that are there already are left out."""
        fresh = [entry for entry in entries if entry.path not in self._rows]
        if fresh:
            first = len(self._entries)
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            for number, entry in enumerate(fresh, first):
                self._rows[entry.path] = number
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

    def set_state(self, key: InstanceKey, state: InstanceState) -> None:
        """Show how far the reader is with an instance, in every row that holds it."""
        for row, entry in enumerate(self._entries):
            if entry.key == key and entry.state != state:
                entry.state = state
                self._announce(row)

    def set_answer(self, key: InstanceKey, top_score: float | None, withheld: str = "") -> None:
        """Show the best candidate of an instance, or why the model's own gate withholds it."""
        for row, entry in enumerate(self._entries):
            if entry.key == key and (entry.top_score, entry.gate_reason) != (top_score, withheld):
                entry.top_score, entry.gate_reason = top_score, withheld
                self._announce(row)

    def set_decoded(self, path: Path, key: InstanceKey, thumbnail: QImage | None) -> None:
        """Keep identity and picture of a file that was decoded."""
        row = self._rows.get(path)
        if row is not None:
            self._entries[row].key = key
            self._entries[row].thumbnail = thumbnail or self._entries[row].thumbnail
            self._announce(row)

    def set_failed(self, path: Path, reason: str) -> None:
        """Grey a row whose file turned out to be unreadable."""
        row = self._rows.get(path)
        if row is not None:
            self._entries[row].reason = reason
            self._announce(row)

    def announce(self, path: Path) -> None:
        """Have a row judged and drawn anew."""
        row = self._rows.get(path)
        if row is not None:
            self._announce(row)

    def _announce(self, row: int) -> None:
        self.dataChanged.emit(self.index(row), self.index(row))


class StateFilter(StrEnum):
    """Which rows are shown."""

    ALL = "All"
    UNREAD = "Unread"
    IN_PROGRESS = "In progress"
    SIGNED = "Signed"

    @property
    def progress(self) -> Progress | None:
        """The state of the rows that pass; None for all."""
        return {
            StateFilter.UNREAD: Progress.UNREAD,
            StateFilter.IN_PROGRESS: Progress.IN_PROGRESS,
            StateFilter.SIGNED: Progress.SIGNED,
        }.get(self)

    def admits(self, entry: WorklistEntry) -> bool:
        """Whether a row passes; files that cannot be read are shown among all only."""
        return self is StateFilter.ALL or (entry.is_readable and entry.state.progress is self.progress)


class WorklistFilter(QSortFilterProxyModel):
    """Rows that match search and state; the row on the screen always stays, so that reading keeps its place."""

    def __init__(self, model: WorklistModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        self._state = StateFilter.ALL
        self._shown: Path | None = None
        self._model = model
        self.setSourceModel(model)

    @property
    def state(self) -> StateFilter:
        """Which rows are shown."""
        return self._state

    def set_words(self, words: str) -> None:
        """Search."""
        self.beginFilterChange()
        self._words = words.strip()
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def set_state(self, state: StateFilter) -> None:
        """Filter by state."""
        self.beginFilterChange()
        self._state = state
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def set_shown(self, path: Path | None) -> None:
        """Say which row is on the screen."""
        before, self._shown = self._shown, path
        # Two rows are judged anew, not a whole archive.
        for changed in (before, path):
            if changed is not None:
                self._model.announce(changed)

    def filterAcceptsRow(self, row: int, _parent: Index) -> bool:
        entry = self._model.at(row)
        if entry.path == self._shown and not self._words:
            return True
        return self._state.admits(entry) and entry.matches(self._words)

    def neighbour(self, path: Path | None, step: int) -> WorklistEntry | None:
        """Return the next readable row in the direction of ``step``; from nowhere, the first or last one."""
        row = self._row_of(path)
        if row is None:
            row = -1 if step > 0 else self.rowCount()
        return next((entry for entry in self._from(row + step, step) if entry.is_readable), None)

    def next_unread(self, path: Path | None) -> WorklistEntry | None:
        """Return the next row without the reader's signature, going round at the end."""
        row = self._row_of(path)
        start = 0 if row is None else row + 1
        rows = itertools.chain(self._from(start, 1), itertools.islice(self._from(0, 1), start))
        unread = (entry for entry in rows if entry.is_readable and entry.path != path)
        return next((entry for entry in unread if entry.state.progress is not Progress.SIGNED), None)

    def _from(self, row: int, step: int) -> Iterator[WorklistEntry]:
        """Yield the rows that pass from one on, in a direction."""
        while 0 <= row < self.rowCount():
            yield self.index(row, 0).data(ENTRY)
            row += step

    def _row_of(self, path: Path | None) -> int | None:
        index = self.mapFromSource(self._model.index_of(path)) if path else QModelIndex()
        return index.row() if index.isValid() else None
