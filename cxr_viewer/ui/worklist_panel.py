"""The panel on the left: progress, search, filters, order and the rows of the worklist."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cxr_viewer.store.records import Progress
from cxr_viewer.ui import theme, worklist_query
from cxr_viewer.ui.chip import Chip
from cxr_viewer.ui.flow_layout import FlowLayout
from cxr_viewer.ui.worklist_delegate import COMPACT_SIDE, WorklistDelegate
from cxr_viewer.ui.worklist_empty import WorklistEmpty
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_foot import WorklistFoot
from cxr_viewer.ui.worklist_list import WorklistList
from cxr_viewer.ui.worklist_model import ENTRY, WorklistModel
from cxr_viewer.ui.worklist_order_row import MenuButton, WorklistOrderRow
from cxr_viewer.ui.worklist_rows import StateFilter, WorklistRows

WIDTH = 330
LEAST_WIDTH = 300  # the filter chips fit
LARGEST_WIDTH = 520
COMPACT_WIDTH = COMPACT_SIDE + 34
_COUNT_MS = 60


class WorklistPanel(QWidget):
    """Shows the rows and reports which one is asked for; never moves the selection by itself."""

    asked = Signal(object)
    """Path of the row that was clicked or entered."""
    thumbnails_wanted = Signal()
    """Other rows came into sight."""

    def __init__(
        self,
        model: WorklistModel,
        rows: WorklistRows,
        actions: Mapping[str, QAction],
        sort_menu: QMenu,
        filter_menu: QMenu,
        parent: QWidget | None = None,
    ) -> None:
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
        self.search = self._make_search()
        self._problem = QLabel()
        self._problem.setWordWrap(True)
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self._problem, "caution")
        self._problem.hide()
        self._chips = QWidget()
        self._buttons = self._make_chips()
        self._filter = MenuButton(filter_menu, "Filter the worklist by view, date and score")
        self.order_row = WorklistOrderRow(rows, actions, sort_menu)
        self._delegate = WorklistDelegate(self)
        self.list = WorklistList(rows, self)
        self.list.setItemDelegate(self._delegate)
        self.list.chosen.connect(self._on_chosen)
        self.list.verticalScrollBar().valueChanged.connect(self.thumbnails_wanted)
        self.empty = WorklistEmpty(actions["clear_filters"])
        self.foot = WorklistFoot(actions)
        self._lay_out()
        # Rows come and change in bursts; counting an archive once per burst is enough.
        self._counting = QTimer(self)
        self._counting.setSingleShot(True)
        self._counting.setInterval(_COUNT_MS)
        self._counting.timeout.connect(self.refresh_counts)
        for changed in (model.rowsInserted, model.dataChanged, model.modelReset):
            changed.connect(self._counting.start)
        rows.changed.connect(self._show_state)
        for moved in (rows.rowsInserted, rows.rowsRemoved, rows.modelReset):
            moved.connect(self._show_rows)
        self._show_state()
        self.refresh_counts()

    def _make_search(self) -> QLineEdit:
        search = QLineEdit()
        search.setPlaceholderText("Search patient, date, description …")
        search.setAccessibleName("Search the worklist")
        search.setAccessibleDescription(worklist_query.HELP)
        search.setToolTip(worklist_query.HELP)
        search.setClearButtonEnabled(True)
        search.textChanged.connect(self._on_search)
        search.returnPressed.connect(self._open_first)
        return search

    def _make_chips(self) -> dict[StateFilter, QPushButton]:
        group = QButtonGroup(self)
        layout = FlowLayout(self._chips)
        buttons: dict[StateFilter, QPushButton] = {}
        for state in StateFilter:
            button = Chip(state.value)
            button.setCheckable(True)
            button.setChecked(state is StateFilter.ALL)
            button.setAccessibleName(f"Show {state.value.lower()} images")
            if state is StateFilter.SECOND_READ:
                button.hide()
                button.setAccessibleName("Show images that a second read is asked for")
            button.clicked.connect(lambda _checked=False, chosen=state: self.set_filter(chosen))
            group.addButton(button)
            layout.addWidget(button)
            buttons[state] = button
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
        finding = QHBoxLayout()
        finding.setSpacing(4)
        finding.addWidget(self.search, 1)
        finding.addWidget(self._filter)
        layout.addLayout(finding)
        layout.addWidget(self._problem)
        layout.addWidget(self._chips)
        layout.addWidget(self.order_row)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.foot)
        self.empty.hide()

    # -- what is shown -------------------------------------------------------------------------------------------

    def set_filter(self, state: StateFilter) -> None:
        """Show rows of one state."""
        self._rows.set_state(state)

    def set_search(self, text: str) -> None:
        """Put a search into the box."""
        self.search.setText(text)

    def clear_filters(self) -> None:
        """Show all rows."""
        self.search.clear()
        self._rows.set_state(StateFilter.ALL)

    def focus_search(self) -> None:
        """Put the keyboard into the search box."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def mark(self, path: Path | None) -> None:
        """Mark the row that is on the screen, without asking for it, and bring it into sight."""
        self._rows.set_shown(path)
        self.list.mark(path)

    def rows_in_sight(self) -> list[WorklistEntry]:
        """Return the rows in sight and the few after them."""
        return self.list.entries_in_sight(2)

    def refresh_counts(self) -> None:
        """Count signed and other rows anew: of the whole list, whatever is filtered."""
        states, asked = _count(self._model.entries)
        total, signed = sum(states.values()), states[Progress.SIGNED]
        shown = f"{self._rows.rowCount()} shown · " if self._rows.is_filtered else ""
        self._count.setText(f"{shown}{signed} of {total} signed" if total else "")
        self._progress.setRange(0, max(1, total))
        self._progress.setValue(signed)
        for state, button in self._buttons.items():
            number = asked if state is StateFilter.SECOND_READ else states[state.progress] if state.progress else 0
            button.setText(f"{state.value} {number}" if number else state.value)
        second_read = self._buttons[StateFilter.SECOND_READ]
        second_read.setVisible(bool(asked) or second_read.isChecked())

    def _show_state(self) -> None:
        """Show which filter and search are in force."""
        self._buttons[self._rows.state].setChecked(True)
        problem, conditions = self._rows.query.problem, len(self._rows.query.conditions)
        self._filter.setText(f"Filter {conditions} ▾" if conditions else "Filter ▾")
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem) and not self.is_compact)
        self._show_rows()

    def _show_rows(self) -> None:
        """Say in words that no row passes, and draw the thumbnails of those that came into sight."""
        is_empty = self._rows.rowCount() == 0 and bool(self._model.entries)
        if is_empty:
            self.empty.say(self._rows.state, self._rows.query, len(self._model.entries))
        self.empty.setVisible(is_empty and not self.is_compact)
        self.list.setVisible(not self.empty.isVisibleTo(self))
        self._counting.start()
        self.thumbnails_wanted.emit()

    @property
    def is_compact(self) -> bool:
        """Whether only thumbnails are shown."""
        return self._delegate.is_compact

    def set_compact(self, is_compact: bool) -> None:
        """Fold to thumbnails, or unfold."""
        if is_compact == self._delegate.is_compact:
            return
        self._delegate.is_compact = is_compact
        for widget in (self._title, self._count, self.search, self._filter, self._chips, self.order_row):
            widget.setVisible(not is_compact)
        self.setMinimumWidth(COMPACT_WIDTH if is_compact else LEAST_WIDTH)
        self.setMaximumWidth(COMPACT_WIDTH if is_compact else LARGEST_WIDTH)
        self.foot.set_compact(is_compact)
        self._show_state()
        self.list.doItemsLayout()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.thumbnails_wanted.emit()

    # -- what the reader does ------------------------------------------------------------------------------------

    def _on_search(self, text: str) -> None:
        self._rows.set_query(worklist_query.parse(text, date.today()))

    def _open_first(self) -> None:
        first = next((entry for entry in self._rows.following(None) if entry.is_readable), None)
        if first is not None:
            self.asked.emit(first.path)

    def _on_chosen(self, index: QModelIndex) -> None:
        entry: WorklistEntry | None = index.data(ENTRY)
        if entry is not None:
            self.asked.emit(entry.path)


def _count(entries: Sequence[WorklistEntry]) -> tuple[dict[Progress, int], int]:
    """Return how many readable rows there are of each progress, and how many ask for a second read.

    One pass without calls: while an archive is searched it is done for thousands of rows several times a second.
    """
    signed = begun = readable = asked = 0
    for entry in entries:
        if entry.instance is not None and not entry.reason:
            state = entry.state
            readable += 1
            signed += state.progress is Progress.SIGNED
            begun += state.progress is Progress.IN_PROGRESS
            asked += state.needs_second_read
    return {Progress.SIGNED: signed, Progress.IN_PROGRESS: begun, Progress.UNREAD: readable - signed - begun}, asked
