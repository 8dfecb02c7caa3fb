"""Every action around the reading, driven by its own key or by a click in its menu."""

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from cxr_viewer.core.findings import FindingState
from cxr_viewer.core.found_text import Found
from cxr_viewer.dicom import catalogue
from cxr_viewer.ui import theme
from cxr_viewer.ui.palette import DARK, LIGHT
from tests.cxr_viewer.ui import desks
from tests.cxr_viewer.ui.desks import Desk, press
from tests.cxr_viewer.ui.driving import click_in_menu
from tests.factories import dicom_file, radiograph

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


def _dialog(parent: QWidget) -> QDialog:
    [found] = [dialog for dialog in parent.findChildren(QDialog) if dialog.isVisible()]
    return found


def _dismiss(qtbot: QtBot, dialog: QDialog, view: QWidget) -> None:
    """Close a dialog and give the keyboard back to the image, as a window system does."""
    dialog.reject()
    dialog.deleteLater()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    view.setFocus()


@pytest.mark.drives("open_folder", "open_files", "export", "export_ledger", "load_bundle")
def test_choosing_files_opens_a_dialog_that_blocks_nothing(desk: Desk, ward: Path) -> None:
    window = desk.open(ward).window
    view = window.image_view
    for key, modifiers, title in (
        (Key.Key_O, CONTROL, "Open folder"),
        (Key.Key_O, CONTROL | SHIFT, "Open files"),
        (Key.Key_E, CONTROL, "Export corrections into an empty folder"),
        (Key.Key_E, CONTROL | SHIFT, "Export the ledger into an empty folder"),
        (Key.Key_L, CONTROL, "Load model bundle"),
    ):
        press(view, key, modifiers)
        dialog = _dialog(window)
        assert isinstance(dialog, QFileDialog)
        assert dialog.windowTitle() == title
        _dismiss(desk.qtbot, dialog, view)


@pytest.mark.drives("open_demo", "stop_indexing")
def test_the_demo_is_opened_and_the_search_stopped_by_menu(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        dicom_file(desk.folder / "demo" / f"{number:02d}.dcm", radiograph(40, 40, seed=number))

    def slow(paths: Iterable[Path], _should_stop: Callable[[], bool]) -> Iterator[Found]:
        for found in catalogue.index(paths):
            time.sleep(0.2)
            yield found

    monkeypatch.setattr(desks, "index", slow)
    workspace = desk.start()
    click_in_menu(workspace.window, "File", "open_demo")
    assert workspace.indexer.is_running
    click_in_menu(workspace.window, "File", "stop_indexing")
    desk.wait_until_quiet()
    assert len(workspace.worklist.entries) < 20
    assert not workspace.window.named_actions["stop_indexing"].isEnabled()


@pytest.mark.drives("toggle_worklist", "toggle_panel", "full_screen", "next_panel", "find")
def test_panels_and_the_way_between_them(desk: Desk, ward: Path) -> None:
    window = desk.open(ward).window
    view = window.image_view
    for key, panel in ((Key.Key_F7, window.worklist), (Key.Key_F8, window.panel)):
        press(view, key)
        assert not panel.isVisible()
        press(view, key)
        assert panel.isVisible()
    press(view, Key.Key_F11)
    assert window.isFullScreen()
    press(view, Key.Key_F11)
    assert not window.isFullScreen()
    press(view, Key.Key_F6)
    assert not view.hasFocus()
    press(window, Key.Key_F, CONTROL)
    assert window.focusWidget().accessibleName() == "Search the worklist"


@pytest.mark.drives("theme_dark", "theme_light", "theme_system")
def test_colours_are_chosen_in_the_menu(desk: Desk, ward: Path) -> None:
    window = desk.open(ward).window
    click_in_menu(window, "View", "Colours", "theme_light")
    assert theme.active() is LIGHT
    click_in_menu(window, "View", "Colours", "theme_system")
    assert window.named_actions["theme_system"].isChecked()
    click_in_menu(window, "View", "Colours", "theme_dark")
    assert theme.active() is DARK


@pytest.mark.drives("retry_store")
def test_the_store_is_tried_again_by_menu(desk: Desk, ward: Path) -> None:
    desk.store.mkdir()
    window = desk.open(ward).window
    assert "Nothing can be saved" in window.store_banner.text
    desk.store.rmdir()
    click_in_menu(window, "File", "retry_store")
    assert window.store_banner.text == ""
    press(window.image_view, Key.Key_Return)
    assert desk.states() == [FindingState.ACCEPTED]


@pytest.mark.drives("demo_bundle", "model_card", "shortcuts", "about")
def test_model_and_help_entries(desk: Desk, ward: Path) -> None:
    (desk.folder / "no-demo-bundle").mkdir()
    (desk.folder / "no-demo-bundle" / "bundle.json").touch()  # the test's model loader reads no file
    window = desk.open(ward).window
    click_in_menu(window, "Model", "demo_bundle")
    desk.wait_until_quiet()
    click_in_menu(window, "Model", "model_card")
    assert _dialog(window).windowTitle().startswith("Model card")
    _dismiss(desk.qtbot, _dialog(window), window.image_view)
    press(window.image_view, Key.Key_F1)
    assert _dialog(window).isVisible()
    _dismiss(desk.qtbot, _dialog(window), window.image_view)
    click_in_menu(window, "Help", "about")
    assert _dialog(window).windowTitle() == "About CXR Viewer"
    _dismiss(desk.qtbot, _dialog(window), window.image_view)


@pytest.mark.drives("quit")
def test_the_key_to_quit_closes_the_window(desk: Desk, ward: Path) -> None:
    window = desk.open(ward).window
    press(window.image_view, Key.Key_Q, CONTROL)
    assert not window.isVisible()
