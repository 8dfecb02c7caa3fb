"""The row of buttons over the worklist: what it is sorted by, sorting again, and more filters."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from cxr_viewer.ui import theme
from cxr_viewer.ui.worklist_order import SortKey
from cxr_viewer.ui.worklist_rows import WorklistRows


class WorklistOrderRow(QWidget):
    """Every button stands for an action or a menu that the menu bar has too."""

    def __init__(
        self,
        rows: WorklistRows,
        actions: Mapping[str, QAction],
        sort_menu: QMenu,
        filter_menu: QMenu,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._rows = rows
        self._sort = _menu_button(sort_menu, "Sort the worklist by")
        self._filter = _menu_button(filter_menu, "Filter the worklist by view, date and score")
        self._useful = _chip("Most useful", actions["sort_useful"].toolTip())
        self._useful.setCheckable(True)
        self._useful.clicked.connect(lambda on: actions["sort_useful" if on else "sort_found"].trigger())
        self._again = _chip("", actions["sort_again"].toolTip())
        self._again.clicked.connect(lambda: actions["sort_again"].trigger())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self._sort, self._filter, self._useful):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self._again)
        rows.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        order, conditions, newer = self._rows.order, len(self._rows.query.conditions), self._rows.newer
        self._sort.setText(f"{order.words} ▾")
        self._filter.setText(f"Filter {conditions} ▾" if conditions else "Filter ▾")
        self._useful.setChecked(order.key is SortKey.USEFUL)
        words = f"Sort again: {newer} {'row has' if newer == 1 else 'rows have'} newer values"
        self._again.setText(f"↻ {newer} newer")
        self._again.setAccessibleName(words)
        self._again.setVisible(newer > 0)


def _menu_button(menu: QMenu, name: str) -> QToolButton:
    button = QToolButton()
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(name)
    button.setToolTip(f"{name}.")
    theme.set_role(button, "menu")
    return button


def _chip(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    theme.set_role(button, "filter")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setToolTip(tip)
    return button
