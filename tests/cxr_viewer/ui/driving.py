"""Watches which actions real keys and mouse clicks reach: a test that claims to drive one is held to it."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar

from cxr_viewer.ui import action_table
from cxr_viewer.ui.image_canvas import ImageCanvas
from cxr_viewer.ui.main_window import MainWindow

_INPUTS = (QEvent.Type.MouseButtonRelease, QEvent.Type.KeyPress)
_BACKTAB = {"Shift+Backtab": "Shift+Tab", "Backtab": "Shift+Tab"}

_by_program = [False]


@contextmanager
def by_program() -> Iterator[None]:
    """What is triggered inside was triggered by the test itself and proves nothing about keys."""
    _by_program[0] = True
    try:
        yield
    finally:
        _by_program[0] = False


class Witness(QObject):
    """Sees every event of the application; knows which actions a key or a click triggered.

    Attributes:
        by_key: names of actions that a shortcut event, or for keys that the image takes itself a key press, reached.
        by_hand: names of actions that were triggered after a click or key, and not by the test's own call.
    """

    def __init__(self) -> None:
        super().__init__()
        self.by_key: set[str] = set()
        self.by_hand: set[str] = set()
        self._saw_input = False
        self._followed: list[QAction] = []
        self._shown_keys = {
            QKeySequence(key).toString(): spec.name
            for spec in action_table.SPECS
            if spec.scope == "shown"
            for key in spec.keys
        }

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.Shortcut and isinstance(watched, QAction):
            self.by_key.add(watched.objectName())
        elif kind in _INPUTS:
            self._saw_input = True
            if isinstance(event, QKeyEvent) and isinstance(watched, ImageCanvas):
                text = QKeySequence(event.keyCombination()).toString()
                if name := self._shown_keys.get(_BACKTAB.get(text, text)):
                    self.by_key.add(name)
        elif kind is QEvent.Type.Show and isinstance(watched, MainWindow):
            self._follow(watched)
        return False

    def _follow(self, window: MainWindow) -> None:
        for action in window.named_actions.values():
            if action not in self._followed:
                self._followed.append(action)
                action.triggered.connect(self._on_triggered)

    def _on_triggered(self) -> None:
        action = self.sender()
        if self._saw_input and not _by_program[0] and isinstance(action, QAction):
            self.by_hand.add(action.objectName())
        self._saw_input = False


def missing(names: tuple[str, ...], witness: Witness) -> list[str]:
    """Return the claimed actions that no real input reached: by one of its keys where it has any, else by hand."""
    keyed = {spec.name for spec in action_table.SPECS if spec.keys}
    keyed |= {name for name in names if name.startswith(("preset_", "label_"))}
    return [name for name in names if name not in (witness.by_key if name in keyed else witness.by_hand)]


def click_in_menu(window: MainWindow, *path: str) -> None:
    """Open menus by their titles with the mouse and click the entry: ``path`` ends with the name of an action.

    Titles are those of ``menus.LAYOUT`` and of submenus.
    """
    bar = window.menuBar()
    assert isinstance(bar, QMenuBar)
    opener = next(action for action in bar.actions() if action.text().replace("&", "") == path[0])
    # A menu takes no click at the point where the pointer stood when it opened, so the pointer goes to the title first.
    QTest.mouseMove(bar, bar.actionGeometry(opener).center())
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.actionGeometry(opener).center())
    menu = opener.menu()
    assert isinstance(menu, QMenu)
    for title in path[1:-1]:
        submenu = next(action for action in menu.actions() if action.text().replace("&", "") == title)
        _click(menu, submenu)
        menu = submenu.menu()
        assert isinstance(menu, QMenu)
    _click(menu, window.named_actions[path[-1]])


def _click(menu: QMenu, action: QAction) -> None:
    assert menu.isVisible(), f"the menu “{menu.title()}” is not open"
    assert action in menu.actions(), f"“{action.text()}” is not in the menu “{menu.title()}”"
    assert action.isEnabled(), f"“{action.text()}” cannot be clicked now"
    place = menu.actionGeometry(action).center()
    QTest.mouseMove(menu, place + QPoint(1, 0))
    QTest.mouseMove(menu, place)
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=place)
    QApplication.processEvents()
