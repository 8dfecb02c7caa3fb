"""The list of rows: asks for a row on click, Up, Down and Enter, and holds still while rows come, go and move."""

from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QListView, QWidget

from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_model import ENTRY
from cxr_viewer.ui.worklist_rows import WorklistRows

_MARK = QItemSelectionModel.SelectionFlag.ClearAndSelect


class WorklistList(QListView):
    """Leaves letters to search boxes; never asks for a row because the model changed."""

    chosen = Signal(QModelIndex)

    def __init__(self, rows: WorklistRows, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("worklist")
        self.setAccessibleName("Worklist")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.verticalScrollBar().setSingleStep(24)
        self.was_clicked = False
        self._entries = rows
        self._marked: Path | None = None
        self._current: Path | None = None
        self._anchors: list[tuple[Path, int]] = []
        # A layout asks for the number of rows once per row; this keeps the question from coming to Python each time.
        self._counted = QSortFilterProxyModel(self)
        self._counted.setSourceModel(rows)
        self.setModel(self._counted)
        counted = self._counted
        for about_to_change in (
            counted.modelAboutToBeReset,
            counted.rowsAboutToBeInserted,
            counted.rowsAboutToBeRemoved,
        ):
            about_to_change.connect(self._remember)
        for changed in (counted.modelReset, counted.rowsInserted, counted.rowsRemoved):
            changed.connect(self._hold_still)

    def index_of(self, path: Path | None) -> QModelIndex:
        """Return the index of a file's row in this list, invalid when it is not among those shown."""
        return self._counted.mapFromSource(self._entries.index_of(path))

    def mark(self, path: Path | None) -> None:
        """Mark a row without asking for it, and bring it into sight."""
        self._marked = path
        index = self.index_of(path)
        self.selectionModel().setCurrentIndex(index, _MARK)
        if index.isValid():
            self.scrollTo(index)

    def entries_in_sight(self, others: int = 0) -> list[WorklistEntry]:
        """Return the rows in sight and some after them."""
        first = self.indexAt(QPoint(20, 4))
        if not first.isValid():
            return []
        height = max(1, self.visualRect(first).height())
        last = min(self._counted.rowCount(), first.row() + self.height() // height + 2 + others)
        found = (self._counted.index(row, 0).data(ENTRY) for row in range(first.row(), last))
        return [entry for entry in found if entry is not None]  # while rows are taken out, some are gone already

    # -- holding still -------------------------------------------------------------------------------------------

    def _remember(self) -> None:
        """Keep which row is marked, and where on the screen it and the others in sight are."""
        current: WorklistEntry | None = self.currentIndex().data(ENTRY)
        self._current = current.path if current else None
        paths = [entry.path for entry in self.entries_in_sight()]
        if self._current in paths:
            paths.insert(0, self._current)
        self._anchors = [(path, self.visualRect(self.index_of(path)).top()) for path in paths]

    def _hold_still(self) -> None:
        """Mark the same row again, and put the first of the remembered rows that is left where it was."""
        if not self.currentIndex().isValid():
            again = next((path for path in (self._current, self._marked) if self.index_of(path).isValid()), None)
            self.selectionModel().setCurrentIndex(self.index_of(again), _MARK)
            if again is not None and again != self._current:  # it was left out for a while
                self.doItemsLayout()
                self.scrollTo(self.index_of(again))
                return
        for path, top in self._anchors:
            index = self.index_of(path)
            if index.isValid():
                self.doItemsLayout()
                bar = self.verticalScrollBar()
                bar.setValue(bar.value() + self.visualRect(index).top() - top)
                return

    # -- keys and mouse ------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.was_clicked = True
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.was_clicked = False
        before = self.currentIndex()
        super().keyPressEvent(event)
        after = self.currentIndex()
        entered = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if after.isValid() and (entered or after != before):
            self.chosen.emit(after)

    def keyboardSearch(self, _search: str) -> None:
        """Letters do not jump: reading keys pressed here by mistake must not change the image."""
