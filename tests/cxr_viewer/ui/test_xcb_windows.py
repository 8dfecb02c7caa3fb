"""Windows of a real window system: focus, scopes of keys, a drawn box, full screen, peeking, dialogs.

Run by ``test_real_windows`` under Xvfb; on the offscreen platform they have nothing to say that other tests do not.
"""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cxr_viewer.core.findings import FindingState, ReviewOutcome
from cxr_viewer.ui.keys_dialog import KeysDialog
from cxr_viewer.ui.settings_dialog import SettingsDialog
from cxr_viewer.ui.workspace import Workspace
from tests.cxr_viewer.ui.desks import Desk, drag, hold, press

pytestmark = [
    pytest.mark.real_window,
    pytest.mark.skipif(os.environ.get("QT_QPA_PLATFORM") != "xcb", reason="test_real_windows runs these under Xvfb"),
]
Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


def _open(desk: Desk, ward: Path) -> Workspace:
    workspace = desk.open(ward)
    window = workspace.window
    window.activateWindow()
    desk.qtbot.waitUntil(window.isActiveWindow, timeout=10_000)
    window.image_view.setFocus()
    desk.qtbot.waitUntil(window.image_view.hasFocus, timeout=10_000)
    return workspace


def test_the_platform_is_a_real_one(qapp: QApplication) -> None:
    assert QGuiApplication.platformName() == "xcb"
    assert QGuiApplication.primaryScreen().size().width() >= 1600


def test_keys_read_a_study_from_the_first_box_to_the_signature(desk: Desk, ward: Path) -> None:
    workspace = _open(desk, ward)
    view = workspace.window.image_view
    press(view, Key.Key_Return)
    press(view, Key.Key_X)
    assert desk.states() == [FindingState.ACCEPTED, FindingState.REJECTED]
    press(view, Key.Key_Z, CONTROL)
    assert desk.states() == [FindingState.ACCEPTED]
    press(view, Key.Key_1, CONTROL)
    assert desk.outcome() is ReviewOutcome.OPACITY
    press(view, Key.Key_Return, CONTROL)
    desk.wait_for_detections()
    assert workspace.flow.shown == ward / "1.dcm"


def test_letters_act_on_the_image_and_are_text_in_the_search_box(desk: Desk, ward: Path) -> None:
    workspace = _open(desk, ward)
    window = workspace.window
    press(window.image_view, Key.Key_F, CONTROL)
    search = window.focusWidget()
    assert search is not window.image_view
    for key in (Key.Key_D, Key.Key_X, Key.Key_I):
        press(search, key)
    assert workspace.flow.shown == ward / "0.dcm"
    assert not window.image_view.is_inverted
    assert desk.states() == []


def test_f6_goes_round_the_panels_and_the_focus_is_real(desk: Desk, ward: Path) -> None:
    window = _open(desk, ward).window
    seen = []
    for _ in range(3):
        focused = QApplication.focusWidget()
        assert focused is not None
        seen.append(focused)
        press(focused, Key.Key_F6)
    assert len(set(seen)) == 3
    assert QApplication.focusWidget() is window.image_view


def test_a_box_is_drawn_with_the_mouse(desk: Desk, ward: Path) -> None:
    view = _open(desk, ward).window.image_view
    press(view, Key.Key_B)
    drag(view, (40, 60), (120, 150))
    assert desk.states() == [FindingState.ADDED]


def test_held_space_hides_everything_and_letting_go_shows_it(desk: Desk, ward: Path) -> None:
    view = _open(desk, ward).window.image_view
    with hold(view, Key.Key_Space):
        during = (view.are_overlays_visible, view.grab().toImage())
    after = (view.are_overlays_visible, view.grab().toImage())
    assert (during[0], after[0]) == (False, True)
    assert during[1] != after[1]


def test_full_screen_and_back(desk: Desk, ward: Path) -> None:
    window = _open(desk, ward).window
    press(window.image_view, Key.Key_F11)
    desk.qtbot.waitUntil(window.isFullScreen)
    press(window.image_view, Key.Key_Escape)
    desk.qtbot.waitUntil(lambda: not window.isFullScreen())


def test_dialogs_take_the_keyboard_and_give_it_back(desk: Desk, ward: Path) -> None:
    workspace = _open(desk, ward)
    window = workspace.window
    for key, modifiers, kind in ((Key.Key_F1, None, KeysDialog), (Key.Key_Comma, CONTROL, SettingsDialog)):
        press(window.image_view, key, modifiers or Qt.KeyboardModifier.NoModifier)
        dialog = window.findChild(kind)
        assert dialog is not None
        desk.qtbot.waitUntil(dialog.isActiveWindow, timeout=10_000)
        QTest.keyClick(dialog, Key.Key_Escape)
        window.activateWindow()
        desk.qtbot.waitUntil(window.isActiveWindow, timeout=10_000)
        window.image_view.setFocus()
    press(window.image_view, Key.Key_I)
    assert window.image_view.is_inverted
