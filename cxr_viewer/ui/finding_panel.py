"""The list of findings, and the three things that can be done with a box."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cxr_viewer.ui import theme
from cxr_viewer.ui.finding_delegate import ROW_HEIGHT, FindingDelegate
from cxr_viewer.ui.finding_model import NO_ROWS, ROW, FindingModel, FindingRow, FindingRows
from cxr_viewer.ui.key_words import follow_key
from cxr_viewer.ui.reason_menu import ReasonMenu

_LEAST_ROWS = 2
_MOST_ROWS = 40
"""A list is never higher than so many rows, so that long ones change without laying the panel out anew."""


class FindingPanel(QWidget):
    """Shows rows, marks the chosen one, reports what is asked for."""

    chosen = Signal(str)
    reject_asked = Signal(str)
    """Code of the reason, "" for none."""

    def __init__(self, accept: QAction, reject: QAction, draw: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = FindingModel(self)
        title = QLabel("Findings")
        theme.set_role(title, "title")
        self._count = QLabel()
        theme.set_role(self._count, "note")
        self._empty = QLabel("Nothing drawn, nothing proposed.")
        theme.set_role(self._empty, "note")
        self.list = QListView()
        self.list.setObjectName("findings")
        self.list.setAccessibleName("Findings")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setModel(self.model)
        self.list.setItemDelegate(FindingDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.clicked.connect(self._on_clicked)
        self.list.activated.connect(self._on_clicked)
        self._accept = action_button(accept, "Accept", "good", shows_key=True)
        self._reject = action_button(reject, "Reject", shows_key=True)
        self._reject.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._reject.customContextMenuRequested.connect(self._offer_reasons)
        reject_button, tip = self._reject, " Right click: with a reason."
        follow_key(reject, lambda _key: reject_button.setToolTip(reject.toolTip() + tip))
        self._draw = action_button(draw, "Draw", shows_key=True)
        self._draw.setCheckable(True)
        self._draw.setChecked(draw.isChecked())
        draw.toggled.connect(self._draw.setChecked)
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self._count)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self._accept, self._reject, self._draw):
            buttons.addWidget(button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self._empty)
        layout.addWidget(self.list, 100)
        layout.addLayout(buttons)
        layout.addStretch(1)
        self.show_rows(NO_ROWS, "")

    def show_rows(self, rows: FindingRows, chosen: str, empty: str = "") -> None:
        """Show the rows and mark the chosen one."""
        self.model.show(rows)
        number = self.model.reach(chosen)
        self.list.setCurrentIndex(self.model.index(number) if number >= 0 else QModelIndex())
        if number < 0:
            self.list.clearSelection()
        waiting, boxes = rows.waiting, rows.boxes
        words = f"{boxes} box" if boxes == 1 else f"{boxes} boxes"
        self._count.setText(f"{words} · {waiting} to judge" if waiting else words if rows else "")
        self._empty.setText(empty or "Nothing drawn, nothing proposed.")
        self._empty.setVisible(not rows)
        self.list.setVisible(bool(rows))
        self.list.setMinimumHeight(min(max(1, len(rows)), _LEAST_ROWS) * ROW_HEIGHT + 4)
        self.list.setMaximumHeight(min(max(1, len(rows)), _MOST_ROWS) * ROW_HEIGHT + 4)

    def _on_clicked(self, index: QModelIndex) -> None:
        row: FindingRow | None = index.data(ROW)
        if row:
            self.chosen.emit(row.uid)

    def _offer_reasons(self) -> None:
        menu = ReasonMenu(self, self.ask_rejection)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._reject.mapToGlobal(self._reject.rect().bottomLeft()))

    def ask_rejection(self, reason: str) -> None:
        """Report that the chosen box is to be rejected for a reason."""
        self.reject_asked.emit(reason)


def action_button(action: QAction, text: str, role: str = "", *, shows_key: bool = False) -> QPushButton:
    """Return a push button that triggers an action and is enabled with it, and never takes the keyboard by a click.

    Args:
        shows_key: whether the action's key stands beside the text.
    """
    button = QPushButton(text)
    if role:
        theme.set_role(button, role)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show(key: str) -> None:
        button.setToolTip(action.toolTip())
        if shows_key:
            button.setText(f"{text}  {key}".rstrip())

    follow_key(action, show)
    button.setAccessibleName(action.text())
    button.setEnabled(action.isEnabled())
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    return button
