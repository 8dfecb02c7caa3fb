"""The row of buttons over the worklist: what it is sorted by, and sorting again."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from cxr_viewer.ui import theme
from cxr_viewer.ui.chip import Chip
from cxr_viewer.ui.flow_layout import FlowLayout
from cxr_viewer.ui.worklist_order import SortKey
from cxr_viewer.ui.worklist_rows import WorklistRows

MOST_TOLD = 999
"""The button is as wide as three digits."""


class WorklistOrderRow(QWidget):
    """Every button stands for an action or a menu that the menu bar has too."""

    def __init__(
        self, rows: WorklistRows, actions: Mapping[str, QAction], menu: QMenu, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._rows = rows
        self._sort = MenuButton(menu, "Sort the worklist by")
        self._useful = Chip("Most useful", actions["sort_useful"].toolTip())
        self._useful.setCheckable(True)
        self._useful.clicked.connect(lambda on: actions["sort_useful" if on else "sort_found"].trigger())
        self._again_tip = actions["sort_again"].toolTip()
        self._again = Chip(f"↻ {MOST_TOLD}+", self._again_tip)
        self._again.clicked.connect(lambda: actions["sort_again"].trigger())
        # Its room is kept while it is hidden, so that the list below never moves.
        self._again.setFixedWidth(self._again.sizeHint().width())
        policy = self._again.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._again.setSizePolicy(policy)
        layout = FlowLayout(self)
        for widget in (self._sort, self._useful, self._again):
            layout.addWidget(widget)
        rows.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        order, newer = self._rows.order, self._rows.newer
        self._sort.setText(f"{order.words} ▾")
        self._useful.setChecked(order.key is SortKey.USEFUL)
        words = f"Sort again: {newer} {'row has' if newer == 1 else 'rows have'} newer values"
        self._again.setText(f"↻ {newer}" if newer <= MOST_TOLD else f"↻ {MOST_TOLD}+")
        self._again.setAccessibleName(words)
        self._again.setToolTip(f"{words}. {self._again_tip}")
        self._again.setVisible(newer > 0)


class MenuButton(QToolButton):
    """A button that opens a menu at once."""

    def __init__(self, menu: QMenu, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        self.setToolTip(f"{name}.")
        theme.set_role(self, "menu")
