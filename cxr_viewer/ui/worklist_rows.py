"""The rows of the worklist that the reader sees, in the order that is in force (ADR 0017)."""

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, Signal

from cxr_viewer.store.records import Progress
from cxr_viewer.ui import worklist_order
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_model import Index, WorklistModel
from cxr_viewer.ui.worklist_order import LIVE, PLACES, Order, Place
from cxr_viewer.ui.worklist_query import Query


class StateFilter(StrEnum):
    """Which rows are shown."""

    ALL = "All"
    UNREAD = "Unread"
    IN_PROGRESS = "In progress"
    SECOND_READ = "2nd read"
    SIGNED = "Signed"

    @property
    def progress(self) -> Progress | None:
        """The progress of the rows that pass; None where progress does not matter."""
        return _PROGRESS.get(self)

    def admits(self, entry: WorklistEntry) -> bool:
        """Whether a row passes; files that cannot be read are shown among all only."""
        if self is StateFilter.SECOND_READ:
            return entry.is_readable and entry.state.needs_second_read
        return self is StateFilter.ALL or (entry.is_readable and entry.state.progress is self.progress)


_PROGRESS = {
    StateFilter.UNREAD: Progress.UNREAD,
    StateFilter.IN_PROGRESS: Progress.IN_PROGRESS,
    StateFilter.SIGNED: Progress.SIGNED,
}


class WorklistRows(QAbstractListModel):
    """Sorts and filters, and never moves a row by itself.

    A row has its place by the values it had when the order was asked for last; scores and states that come later are
    counted in ``newer`` and wait until the reader sorts again. New rows go to their place at once. The row on the
    screen stays under every filter, so that reading keeps its place; a search by words alone leaves it out.
    """

    changed = Signal()
    """Order, filter or the number of rows with newer values changed."""

    def __init__(self, model: WorklistModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._order = Order()
        self._query = Query()
        self._state = StateFilter.ALL
        self._shown: Path | None = None
        self._places: list[Place] = []
        self._ranks: list[int] = []
        self._sequence: list[int] = []
        self._visible: list[int] = []
        self._newer: set[int] = set()
        model.rowsInserted.connect(self._on_inserted)
        model.dataChanged.connect(self._on_changed)
        model.modelReset.connect(self._on_reset)
        self._on_reset()

    # -- what the view asks --------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - the default Qt asks for
        return 0 if parent.isValid() else len(self._visible)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - as Qt declares it
        if not index.isValid() or index.row() >= len(self._visible):
            return None
        return self._model.data(self._model.index(self._visible[index.row()]), role)

    def index_of(self, path: Path | None) -> QModelIndex:
        """Return the index of a file's row, invalid when it is not among those shown."""
        row = self._model.row_of(path) if path else None
        position = None if row is None else self._position(row)
        return QModelIndex() if position is None else self.index(position)

    # -- what the reader asks for --------------------------------------------------------------------------------

    @property
    def order(self) -> Order:
        """The order in force."""
        return self._order

    @property
    def state(self) -> StateFilter:
        """Which states are shown."""
        return self._state

    @property
    def query(self) -> Query:
        """The search in force."""
        return self._query

    @property
    def newer(self) -> int:
        """Rows that would stand elsewhere by what is known of them by now."""
        return len(self._newer)

    @property
    def is_filtered(self) -> bool:
        """Whether anything is asked that may leave rows out."""
        return self._state is not StateFilter.ALL or not self._query.is_empty

    def sort_by(self, order: Order) -> None:
        """Sort by what is known now."""
        self._order = order
        self._newer.clear()
        self._places = self._places_of(self._model.entries)
        self._arrange()
        self._show(self._admitted())
        self.changed.emit()

    def set_query(self, query: Query) -> None:
        """Search."""
        self._query = query
        self._show(self._admitted())
        self.changed.emit()

    def set_state(self, state: StateFilter) -> None:
        """Filter by state."""
        self._state = state
        self._show(self._admitted())
        self.changed.emit()

    def set_shown(self, path: Path | None) -> None:
        """Say which row is on the screen."""
        before, self._shown = self._shown, path
        # Two rows are judged anew, not a whole archive.
        for changed in (before, path):
            row = self._model.row_of(changed) if changed else None
            if row is not None:
                self._judge(row)

    # -- the order of reading ------------------------------------------------------------------------------------

    def neighbour(self, path: Path | None, step: int) -> WorklistEntry | None:
        """Return the next readable row in the direction of ``step``; from nowhere, the first or last one."""
        return next((entry for entry in self._from(self._beside(path, step), step) if entry.is_readable), None)

    def unread(self, path: Path | None, step: int) -> WorklistEntry | None:
        """Return the next row in the direction of ``step`` without the reader's signature, going round at the end."""
        start = self._beside(path, step)
        end = 0 if step > 0 else len(self._visible) - 1
        rows = itertools.chain(self._from(start, step), self._from(end, step))
        readable = (entry for entry in itertools.islice(rows, len(self._visible)) if entry.is_readable)
        wanted = (entry for entry in readable if entry.path != path)
        return next((entry for entry in wanted if entry.state.progress is not Progress.SIGNED), None)

    def following(self, path: Path | None) -> Iterator[WorklistEntry]:
        """Yield all rows in the order in which the reader comes to them: those after a row, then those before it."""
        start = self._beside(path, 1)
        yield from itertools.islice(itertools.chain(self._from(start, 1), self._from(0, 1)), len(self._visible))

    def _from(self, position: int, step: int) -> Iterator[WorklistEntry]:
        while 0 <= position < len(self._visible):
            yield self._model.at(self._visible[position])
            position += step

    def _beside(self, path: Path | None, step: int) -> int:
        """Return the position that follows a row, also where a search leaves that row out."""
        row = self._model.row_of(path) if path else None
        if row is None:
            return 0 if step > 0 else len(self._visible) - 1
        rank, key = self._ranks[row], self._ranks.__getitem__
        if step > 0:
            return bisect_right(self._visible, rank, key=key)
        return bisect_left(self._visible, rank, key=key) - 1

    # -- what the model says -------------------------------------------------------------------------------------

    def _on_reset(self) -> None:
        self._newer.clear()
        self._places = self._places_of(self._model.entries)
        self._arrange()
        self._show(self._admitted(), must_reset=True)
        self.changed.emit()

    def _on_inserted(self, _parent: Index, first: int, last: int) -> None:
        self._places += self._places_of(self._model.at(row) for row in range(first, last + 1))
        self._arrange()
        self._show(self._admitted())

    def _on_changed(self, first: Index, last: Index) -> None:
        rows = range(first.row(), last.row() + 1)
        before = len(self._newer)
        if self._order.key in LIVE:
            place_of = PLACES[self._order.key]
            for row in rows:
                is_newer = place_of(self._model.at(row)) != self._places[row]
                (self._newer.add if is_newer else self._newer.discard)(row)
        if len(rows) == 1:
            self._judge(rows[0])
        else:
            self._show(self._admitted())
            if self._visible:
                self.dataChanged.emit(self.index(0), self.index(len(self._visible) - 1))
        if len(self._newer) != before:
            self.changed.emit()

    # -- order and filter ----------------------------------------------------------------------------------------

    def _places_of(self, entries: Iterable[WorklistEntry]) -> list[Place]:
        place_of = PLACES[self._order.key]
        return [place_of(entry) for entry in entries]

    def _arrange(self) -> None:
        self._sequence = worklist_order.arranged(self._places, self._order)
        ranks = np.empty(len(self._sequence), dtype=np.intp)
        ranks[self._sequence] = np.arange(len(self._sequence))
        self._ranks = ranks.tolist()

    def _admitted(self) -> list[int]:
        if not self.is_filtered:
            return list(self._sequence)
        at, state, query = self._model.at, self._state, self._query
        passing = [row for row in self._sequence if query.admits(at(row))] if not query.is_empty else self._sequence
        if state is not StateFilter.ALL:
            passing = [row for row in passing if state.admits(at(row))]
        shown = self._model.row_of(self._shown) if self._shown else None
        if shown is not None and not query.words:
            place = bisect_left(passing, self._ranks[shown], key=self._ranks.__getitem__)
            if place == len(passing) or passing[place] != shown:
                passing.insert(place, shown)
        return passing

    def _admits(self, entry: WorklistEntry) -> bool:
        if entry.path == self._shown and not self._query.words:
            return True
        return self._state.admits(entry) and self._query.admits(entry)

    def _show(self, visible: list[int], *, must_reset: bool = False) -> None:
        before = self._visible
        if visible == before and not must_reset:
            return
        if not must_reset and len(visible) > len(before) and visible[: len(before)] == before:
            self.beginInsertRows(QModelIndex(), len(before), len(visible) - 1)
            self._visible = visible
            self.endInsertRows()
        else:
            self.beginResetModel()
            self._visible = visible
            self.endResetModel()

    def _judge(self, row: int) -> None:
        """Let one row in or out, or have it drawn anew."""
        position, is_admitted = self._position(row), self._admits(self._model.at(row))
        if position is None and is_admitted:
            place = bisect_left(self._visible, self._ranks[row], key=self._ranks.__getitem__)
            self.beginInsertRows(QModelIndex(), place, place)
            self._visible.insert(place, row)
            self.endInsertRows()
        elif position is not None and not is_admitted:
            self.beginRemoveRows(QModelIndex(), position, position)
            del self._visible[position]
            self.endRemoveRows()
        elif position is not None:
            self.dataChanged.emit(self.index(position), self.index(position))

    def _position(self, row: int) -> int | None:
        place = bisect_left(self._visible, self._ranks[row], key=self._ranks.__getitem__)
        return place if place < len(self._visible) and self._visible[place] == row else None
