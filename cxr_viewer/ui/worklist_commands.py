"""What the reader does with the worklist: search, filter, sort, and going to what is unread."""

from PySide6.QtCore import QObject

from cxr_viewer.ui import worklist_query
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.reading_flow import ReadingFlow
from cxr_viewer.ui.settings import WORKLIST_ORDER, Settings
from cxr_viewer.ui.worklist_menus import DIRECTION_ACTIONS, FILTER_ACTIONS, SORT_ACTIONS
from cxr_viewer.ui.worklist_order import Order
from cxr_viewer.ui.worklist_rows import WorklistRows


class WorklistCommands(QObject):
    """Connects the actions of the menu Worklist; the order is remembered, search and filters are not."""

    def __init__(
        self,
        window: MainWindow,
        rows: WorklistRows,
        flow: ReadingFlow,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self._rows, self._settings = window, rows, settings
        actions, panel = window.named_actions, window.worklist
        actions["find"].triggered.connect(panel.focus_search)
        actions["clear_filters"].triggered.connect(panel.clear_filters)
        actions["next_unread"].triggered.connect(lambda: flow.step_unread(1))
        actions["previous_unread"].triggered.connect(lambda: flow.step_unread(-1))
        actions["sort_again"].triggered.connect(lambda: rows.sort_by(rows.order))
        for name, key in SORT_ACTIONS.items():
            actions[name].triggered.connect(lambda _checked=False, chosen=key: self._sort_by(Order.by(chosen)))
        for name, is_descending in DIRECTION_ACTIONS.items():
            actions[name].triggered.connect(lambda _checked=False, chosen=is_descending: self._turn(chosen))
        for name in FILTER_ACTIONS:
            actions[name].triggered.connect(lambda checked, chosen=name: self._filter(chosen, is_on=checked))
        rows.changed.connect(self._show)
        rows.sort_by(Order.parse(settings.get(WORKLIST_ORDER)))

    def _sort_by(self, order: Order) -> None:
        self._settings.set(WORKLIST_ORDER, order.text)
        self._rows.sort_by(order)

    def _turn(self, is_descending: bool) -> None:
        self._sort_by(Order(self._rows.order.key, is_descending))

    def _filter(self, name: str, *, is_on: bool) -> None:
        """Write a condition into the search box, or take it out: what is filtered can be read and changed there."""
        condition, value = FILTER_ACTIONS[name]
        panel = self._window.worklist
        panel.set_search(worklist_query.with_condition(panel.search.text(), condition, value if is_on else ""))

    def _show(self) -> None:
        actions, rows = self._window.named_actions, self._rows
        for name, key in SORT_ACTIONS.items():
            actions[name].setChecked(rows.order.key is key)
        for name, is_descending in DIRECTION_ACTIONS.items():
            actions[name].setChecked(rows.order.is_descending is is_descending)
        for name, (condition, value) in FILTER_ACTIONS.items():
            actions[name].setChecked(worklist_query.condition_of(rows.query.text, condition) == value)
        actions["sort_again"].setEnabled(rows.newer > 0)
        actions["clear_filters"].setEnabled(rows.is_filtered)
