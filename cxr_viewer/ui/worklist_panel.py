"""The panel on the left: progress, search, filters and the rows of the worklist."""

from collections import Counter
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cxr_viewer.store.records import Progress
from cxr_viewer.ui import theme
from cxr_viewer.ui.worklist_delegate import COMPACT_SIDE, WorklistDelegate
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_model import ENTRY, StateFilter, WorklistFilter, WorklistModel

WIDTH = 330
LEAST_WIDTH = 300  # the filter chips fit
LARGEST_WIDTH = 520
_COUNT_MS = 60
COMPACT_WIDTH = COMPACT_SIDE + 34


class WorklistPanel(QWidget):
    """Shows the rows and reports which one is asked for; never moves the selection by itself."""

    asked = Signal(object)
    """Path of the row that was clicked or entered."""
    thumbnails_wanted = Signal()
    """Other rows came into sight."""

    def __init__(self, model: WorklistModel, rows: WorklistFilter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._rows = model, rows
        theme.set_role(self, "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = QLabel("Worklist")
        theme.set_role(self._title, "title")
        self._count = QLabel()
        theme.set_role(self._count, "note")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName("Signed images")
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search patient, date, description …")
        self._search.setAccessibleName("Search the worklist")
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(rows.set_words)
        self._chips = QWidget()
        self._buttons = self._make_chips()
        self._delegate = WorklistDelegate(self)
        self.list = _Rows(self)
        self.list.setModel(rows)
        self.list.setItemDelegate(self._delegate)
        self.list.chosen.connect(self._on_chosen)
        self.list.verticalScrollBar().valueChanged.connect(self.thumbnails_wanted)
        rows.rowsInserted.connect(self.thumbnails_wanted)
        self._lay_out()
        # Rows come and change in bursts; counting an archive once per burst is enough.
        self._counting = QTimer(self)
        self._counting.setSingleShot(True)
        self._counting.setInterval(_COUNT_MS)
        self._counting.timeout.connect(self.refresh_counts)
        for changed in (model.rowsInserted, model.dataChanged, model.modelReset):
            changed.connect(self._counting.start)
        self.refresh_counts()

    def _make_chips(self) -> dict[StateFilter, QPushButton]:
        group = QButtonGroup(self)
        layout = QHBoxLayout(self._chips)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        buttons: dict[StateFilter, QPushButton] = {}
        for state in StateFilter:
            button = QPushButton(state.value)
            theme.set_role(button, "filter")
            button.setCheckable(True)
            button.setChecked(state is StateFilter.ALL)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(f"Show {state.value.lower()} images")
            button.clicked.connect(lambda _checked=False, chosen=state: self.set_filter(chosen))
            group.addButton(button)
            layout.addWidget(button)
            buttons[state] = button
        layout.addStretch(1)
        return buttons

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 12, 6, 6)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._progress)
        layout.addWidget(self._search)
        layout.addWidget(self._chips)
        layout.addWidget(self.list, 1)

    # -- what is shown -------------------------------------------------------------------------------------------

    def set_filter(self, state: StateFilter) -> None:
        """Show rows of one state."""
        self._rows.set_state(state)
        self._buttons[state].setChecked(True)
        self.thumbnails_wanted.emit()

    def focus_search(self) -> None:
        """Put the keyboard into the search box."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def mark(self, path: Path | None) -> None:
        """Mark the row that is on the screen, without asking for it, and bring it into sight."""
        self._rows.set_shown(path)
        index = self._rows.mapFromSource(self._model.index_of(path)) if path else QModelIndex()
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.list.selectionModel().setCurrentIndex(index, flags)
        if index.isValid():
            self.list.scrollTo(index)

    def rows_in_sight(self) -> list[WorklistEntry]:
        """Return the rows in sight and the few after them."""
        first = self.list.indexAt(QPoint(20, 4))
        if not first.isValid():
            return []
        last = min(self._rows.rowCount(), first.row() + self.list.height() // 60 + 3)
        return [self._rows.index(row, 0).data(ENTRY) for row in range(first.row(), last)]

    def refresh_counts(self) -> None:
        """Count signed and other rows anew."""
        states = Counter(entry.state.progress for entry in self._model.entries if entry.is_readable)
        total, signed = states.total(), states[Progress.SIGNED]
        self._count.setText(f"{signed} of {total} signed" if total else "")
        self._progress.setRange(0, max(1, total))
        self._progress.setValue(signed)
        for state, button in self._buttons.items():
            number = states[state.progress] if state.progress else 0
            button.setText(f"{state.value} {number}" if number else state.value)

    @property
    def is_compact(self) -> bool:
        """Whether only thumbnails are shown."""
        return self._delegate.is_compact

    def set_compact(self, is_compact: bool) -> None:
        """Fold to thumbnails, or unfold."""
        if is_compact == self._delegate.is_compact:
            return
        self._delegate.is_compact = is_compact
        for widget in (self._title, self._count, self._search, self._chips):
            widget.setVisible(not is_compact)
        self.setMinimumWidth(COMPACT_WIDTH if is_compact else LEAST_WIDTH)
        self.setMaximumWidth(COMPACT_WIDTH if is_compact else LARGEST_WIDTH)
        self.list.doItemsLayout()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.thumbnails_wanted.emit()

    def _on_chosen(self, index: QModelIndex) -> None:
        entry: WorklistEntry | None = index.data(ENTRY)
        if entry is not None:
            self.asked.emit(entry.path)


class _Rows(QListView):
    """A list that asks for a row on click and on Up, Down and Enter, and leaves letters to search boxes."""

    chosen = Signal(QModelIndex)

    def __init__(self, parent: QWidget) -> None:
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
