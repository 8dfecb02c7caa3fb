"""Full screen gives the image the room and gives the panels back."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolBar

from cxr_viewer.ui.settings import PANEL_SHOWN, WORKLIST_SHOWN
from tests.cxr_viewer.ui.desks import Desk, drag, press


@pytest.mark.drives("full_screen", "toggle_panel")
def test_panels_step_aside_and_come_back_as_they_were(desk: Desk, ward: Path) -> None:
    window = desk.open(ward, with_model=False).window
    view, row = window.image_view, window.findChild(QToolBar)
    assert row
    press(view, Qt.Key.Key_F8)
    width = view.width()
    press(view, Qt.Key.Key_F11)
    assert window.isFullScreen()
    assert not window.worklist.isVisible()
    assert not row.isVisible()
    assert window.menuBar().isVisible()
    assert view.width() >= width
    assert view.hasFocus()
    press(view, Qt.Key.Key_F11)
    assert not window.isFullScreen()
    assert window.worklist.isVisible()
    assert not window.panel.isVisible()
    assert row.isVisible()


@pytest.mark.drives("full_screen", "toggle_worklist")
def test_escape_leaves_it_and_a_panel_can_be_asked_for_inside(desk: Desk, ward: Path) -> None:
    window = desk.open(ward, with_model=False).window
    view = window.image_view
    press(view, Qt.Key.Key_F11)
    press(view, Qt.Key.Key_F7)
    assert window.worklist.isVisible()
    press(view, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert not window.named_actions["full_screen"].isChecked()
    press(view, Qt.Key.Key_Escape)
    assert not window.isFullScreen()


@pytest.mark.drives("full_screen", "tool_measure")
def test_escape_ends_a_gesture_before_it_leaves(desk: Desk, ward: Path) -> None:
    window = desk.open(ward, with_model=False).window
    view = window.image_view
    press(view, Qt.Key.Key_F11)
    press(view, Qt.Key.Key_M)
    drag(view, (50, 60), (150, 90))
    press(view, Qt.Key.Key_Escape)
    assert window.isFullScreen()
    press(view, Qt.Key.Key_Escape)
    assert not window.isFullScreen()


@pytest.mark.drives("full_screen")
def test_the_next_start_is_a_window_with_its_panels(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward, with_model=False)
    press(workspace.window.image_view, Qt.Key.Key_F11)
    desk.close()
    settings = desk.supplies().settings
    assert settings.get(WORKLIST_SHOWN)
    assert settings.get(PANEL_SHOWN)
    assert not desk.start(with_model=False).window.isFullScreen()
