"""Every control of every window has a name, is reached by keyboard, and shows that it has the keyboard."""

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QApplication,
    QButtonGroup,
    QComboBox,
    QDialog,
    QKeySequenceEdit,
    QLineEdit,
    QMenuBar,
    QScrollArea,
    QScrollBar,
    QTextEdit,
    QWidget,
)

from cxr_viewer.ui import theme
from cxr_viewer.ui.image_canvas import ImageCanvas
from cxr_viewer.ui.palette import DARK, LIGHT, Palette
from cxr_viewer.ui.workspace import Workspace
from tests.cxr_viewer.ui.desks import Desk, press

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QComboBox,
    QKeySequenceEdit,
    QLineEdit,
    QTextEdit,
    ImageCanvas,
)
OPENERS = ("settings", "shortcuts", "self_test", "welcome", "erase_patient", "about", "model_card")
SHIFT = Qt.KeyboardModifier.ShiftModifier


def _controls(window: QWidget) -> list[QWidget]:
    """Return what a person can use in a window, as far as it is in sight; not the insides of Qt's own controls."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, CONTROLS)
        and widget.isVisible()
        and widget.window() is window
        and not isinstance(widget, QScrollBar)
        and not _is_inside(widget)
    ]


def _is_inside(widget: QWidget) -> bool:
    """Whether a widget is a part that Qt puts into a control or a menu bar by itself."""
    if widget.objectName().startswith("qt_"):
        return True
    parent: QObject | None = widget.parent()
    while parent is not None:
        if isinstance(parent, (QComboBox, QKeySequenceEdit, QLineEdit, QMenuBar, QAbstractItemView)):
            return True
        parent = parent.parent()
    return False


def _spoken(widget: QWidget) -> str:
    """Return the name that a screen reader is given."""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def _named(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName()} “{_spoken(widget)}”"


@pytest.fixture(params=["start page", "image", "prior", *OPENERS])
def window(request: pytest.FixtureRequest, desk: Desk, ward: Path) -> QWidget:
    """Every window of the program in turn, with the keyboard."""
    name = str(request.param)
    workspace = desk.start() if name == "start page" else desk.open(ward)
    if name == "prior":
        workspace.window.compared.show()
    shown: QWidget = workspace.window
    if name in OPENERS:
        desk.trigger(name)
        [shown] = [dialog for dialog in workspace.window.findChildren(QDialog) if dialog.isVisible()]
    shown.activateWindow()
    desk.qtbot.waitUntil(shown.isActiveWindow)
    return shown


def test_every_control_has_a_name_for_a_screen_reader(window: QWidget) -> None:
    assert [_named(control) for control in _controls(window) if not _spoken(control).strip()] == []
    assert _controls(window)


def _walk(start: QWidget, modifiers: Qt.KeyboardModifier) -> set[QWidget]:
    """Press Tab until it leads nowhere new; returns what had the keyboard on the way."""
    start.setFocus(Qt.FocusReason.TabFocusReason)
    seen = set[QWidget]()
    while (focused := QApplication.focusWidget()) is not None and focused not in seen:
        seen.add(focused)
        if not isinstance(focused, ImageCanvas):  # there Tab goes from box to box, and F6 goes on
            press(focused, Qt.Key.Key_Backtab if modifiers else Qt.Key.Key_Tab, modifiers)
    return seen


def _reached(window: QWidget) -> set[QWidget]:
    starts = [QApplication.focusWidget() or window]
    for _ in range(4):
        press(QApplication.focusWidget() or window, Qt.Key.Key_F6)
        starts.append(QApplication.focusWidget() or window)
    return set[QWidget]().union(*(_walk(start, way) for start in starts for way in (Qt.KeyboardModifier(0), SHIFT)))


def test_every_control_is_reached_by_tab_and_f6(window: QWidget) -> None:
    reached = _reached(window)
    missed = [
        control
        for control in _controls(window)
        if control.isEnabled() and not _ways_to(control) & reached and not _is_read_only(control)
    ]
    assert missed == [], "\n".join(_named(control) for control in missed)


def _ways_to(control: QWidget) -> set[QWidget | None]:
    """Return what leads to a control: itself, or for one of several of which one is chosen, any of them by arrows."""
    group = control.group() if isinstance(control, QAbstractButton) else None
    others = group.buttons() if isinstance(group, QButtonGroup) and group.exclusive() else []
    return {control, control.focusProxy(), *others}


def _is_read_only(control: QWidget) -> bool:
    """Whether there is nothing to do in a control: an empty list, or the view beside the one that is read."""
    is_empty = isinstance(control, QAbstractItemView) and control.model().rowCount() == 0
    return is_empty or (isinstance(control, ImageCanvas) and control.focusPolicy() is Qt.FocusPolicy.NoFocus)


def _seen(widget: QWidget) -> QImage:
    """Return what is seen of a control, scrolled into sight as Tab does it."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget)
        parent = parent.parentWidget()
    place = widget.rect().translated(widget.mapTo(widget.window(), QPoint(0, 0)))
    return widget.window().grab(place).toImage()


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_the_control_with_the_keyboard_looks_different(window: QWidget, colours: Palette, qapp: QApplication) -> None:
    theme.apply(qapp, colours, 100)
    qapp.processEvents()
    blind = list[str]()
    for control in _controls(window):
        if not control.isEnabled() or not control.focusPolicy() & Qt.FocusPolicy.TabFocus or _is_read_only(control):
            continue
        control.setFocus(Qt.FocusReason.TabFocusReason)
        if not control.hasFocus() or isinstance(control, (QLineEdit, QTextEdit)):  # those blink a cursor
            continue
        with_keyboard = _seen(control)
        control.clearFocus()
        if _seen(control) == with_keyboard:
            blind.append(_named(control))
    assert blind == [], "\n".join(blind)


def test_menus_open_by_their_letters(desk: Desk, ward: Path) -> None:
    workspace: Workspace = desk.open(ward)
    titles = [action.text() for action in workspace.window.menuBar().actions()]
    letters = [title[title.index("&") + 1].casefold() for title in titles]
    assert len(set(letters)) == len(titles)


def test_scrolling_areas_do_not_catch_the_keyboard(desk: Desk, ward: Path) -> None:
    window = desk.open(ward).window
    caught = [
        area
        for area in window.findChildren(QAbstractScrollArea)
        if not isinstance(area, (QAbstractItemView, QTextEdit)) and area.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert [_named(area) for area in caught] == []
