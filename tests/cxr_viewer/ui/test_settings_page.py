"""Settings keep their word: each one holds at once, after a restart, and can be taken back."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from cxr_viewer.store.journal import Journal
from cxr_viewer.ui import settings as rows
from cxr_viewer.ui import theme
from cxr_viewer.ui.palette import DARK, LIGHT
from cxr_viewer.ui.settings import Settings
from cxr_viewer.ui.settings_dialog import SettingsDialog
from cxr_viewer.ui.workspace import Workspace
from tests.cxr_viewer.ui.desks import LOGIN_NAME, READER, Desk, press
from tests.cxr_viewer.ui.driving import click_in_menu


def _open_page(desk: Desk, workspace: Workspace) -> SettingsDialog:
    window = workspace.window
    window.activateWindow()
    desk.qtbot.waitUntil(window.isActiveWindow)
    press(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    page = window.findChild(SettingsDialog)
    assert page is not None
    desk.qtbot.waitUntil(page.isActiveWindow)
    return page


def _choose(box: QComboBox, words: str) -> None:
    """Choose an entry by keys."""
    box.setFocus()
    press(box, Qt.Key.Key_Home)
    while box.currentText() != words:
        press(box, Qt.Key.Key_Down)


def _stored(desk: Desk) -> Settings:
    return desk.supplies().settings


@pytest.mark.drives("settings")
def test_the_page_opens_beside_the_window_and_blocks_nothing(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    page = _open_page(desk, workspace)
    assert not page.isModal()
    desk.trigger("next_instance")
    desk.wait_for_detections()
    assert workspace.flow.shown == ward / "1.dcm"
    desk.trigger("settings")
    assert len(workspace.window.findChildren(SettingsDialog)) == 1


def test_every_line_has_a_name_and_its_control_is_reached_by_keyboard(desk: Desk) -> None:
    page = _open_page(desk, desk.start(with_model=False))
    for row in page.rows():
        target = row.control.focusProxy() or row.control
        assert target.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert target.accessibleName()


def test_colours_change_at_once_and_after_a_restart_and_back(desk: Desk) -> None:
    page = _open_page(desk, desk.start(with_model=False))
    assert not page.theme_row.reset.isEnabled()
    _choose(page.theme, "Light")
    assert theme.active() is LIGHT
    assert _stored(desk).get(rows.THEME) == "light"
    page.theme_row.reset.click()
    assert theme.active() is DARK
    assert page.theme.currentData() == "dark"


def test_colours_chosen_in_the_menu_show_on_the_page(desk: Desk) -> None:
    workspace = desk.start(with_model=False)
    page = _open_page(desk, workspace)
    desk.trigger("theme_system")
    assert page.theme.currentData() == "system"


def test_text_size_changes_at_once_and_back(desk: Desk) -> None:
    page = _open_page(desk, desk.start(with_model=False))
    normal = page.reader.fontMetrics().height()
    _choose(page.text_size, "Large")
    assert page.reader.fontMetrics().height() > normal
    assert theme.text_pixels(12) == 14
    assert _stored(desk).get(rows.TEXT_SIZE) == 115
    page.text_row.reset.click()
    assert page.reader.fontMetrics().height() == normal


def test_another_reader_has_findings_of_their_own_at_once(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    desk.trigger("accept")
    page = _open_page(desk, workspace)
    page.reader.setFocus()
    page.reader.selectAll()
    QTest.keyClicks(page.reader, "  bob   hope ")
    press(page.reader, Qt.Key.Key_Return)
    desk.wait_for_detections()
    assert page.isVisible(), "Enter in a field does not close the page"
    assert (workspace.session.reader, desk.states()) == ("bob hope", [])
    assert len(workspace.session.detections) == 2
    entry = workspace.worklist.entry(ward / "0.dcm")
    assert entry
    assert entry.line == "unread"
    desk.trigger("reject")
    assert workspace.session.reading
    with Journal.open(desk.store) as journal:
        assert {found.reader for found in journal.history(workspace.session.reading.key)} == {READER, "bob hope"}
    assert _stored(desk).get(rows.READER) == "bob hope"
    page.reader_row.reset.click()
    assert workspace.session.reader == LOGIN_NAME
    assert _stored(desk).get(rows.READER) == ""


def test_windows_are_kept_across_images_by_the_page_as_by_the_menu(desk: Desk) -> None:
    workspace = desk.start(with_model=False)
    page, action = _open_page(desk, workspace), workspace.window.named_actions["keep_window"]
    [row] = [row for row in page.switch_rows if row.control.accessibleName() == action.text()]
    row.control.setFocus()
    press(row.control, Qt.Key.Key_Space)
    assert action.isChecked()
    assert _stored(desk).get(rows.KEEP_WINDOW) is True
    row.reset.click()
    assert not action.isChecked()


def test_every_switch_is_an_action_that_remembers_itself(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    for name, row in rows.SWITCHES.items():
        action = workspace.window.named_actions[name]
        assert action.isCheckable()
        action.setEnabled(True)  # linking asks for a second image
        before = action.isChecked()
        assert before == _stored(desk).get(row), name
        desk.trigger(name)
        assert _stored(desk).get(row) is not before, name


def test_cache_size_is_in_force_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = desk.start(with_model=False)
    page = _open_page(desk, workspace)
    asked = list[int]()
    monkeypatch.setattr(workspace.settings_page.cache, "set_cap", asked.append)
    _choose(page.cache_size, "4.0 GB")
    assert asked[-1] == 4096 << 20
    assert _stored(desk).get(rows.CACHE_MB) == 4096
    page.cache_row.reset.click()
    assert asked[-1] == 1024 << 20


@pytest.mark.drives("clear_recent")
def test_recent_folders_are_forgotten(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    assert _stored(desk).get(rows.RECENT) == (str(ward),)
    page = _open_page(desk, workspace)
    assert page.recent_row.note == "1 remembered."
    click_in_menu(workspace.window, "File", "Open recent", "clear_recent")
    assert _stored(desk).get(rows.RECENT) == ()
    assert page.recent_row.note == "None remembered."
    assert not page.clear_recent.isEnabled()


def test_bundle_and_engine_are_named_with_the_time_of_a_run(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    page = _open_page(desk, workspace)
    assert workspace.session.model
    assert workspace.session.model.name in page.bundle_row.note
    assert workspace.session.model.device in page.engine_row.note
    assert " s" in page.engine_row.note


def test_places_name_existing_files_and_open_their_folder(
    desk: Desk, ward: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = list[str]()
    monkeypatch.setattr(
        "cxr_viewer.ui.settings_dialog.QDesktopServices.openUrl", lambda url: opened.append(url.toLocalFile())
    )
    page = _open_page(desk, desk.open(ward))
    [row] = [row for row in page.rows() if row.name == "Journal" and row.note]
    assert row.note == str(desk.store)
    row.control.setFocus()
    button = row.control.focusProxy()
    assert button is not None
    press(button, Qt.Key.Key_Space)
    assert opened == [str(desk.folder)]


def test_a_setting_of_a_wrong_type_falls_back_to_the_default(desk: Desk) -> None:
    (desk.folder / "settings.ini").write_text("[files]\ncache_mb=many\n[window]\ntext_size=@Invalid()\n")
    assert _stored(desk).get(rows.CACHE_MB) == 1024
    page = _open_page(desk, desk.start(with_model=False))
    assert (page.cache_size.currentData(), page.text_size.currentData()) == (1024, 100)


def test_nothing_is_forced_on_the_reader_by_a_restart(desk: Desk) -> None:
    settings = _stored(desk)
    settings.set(rows.THEME, "light")
    settings.set(rows.READER, "bob")
    for row, value in ((rows.TEXT_SIZE, 115), (rows.CACHE_MB, 4096)):
        settings.set(row, value)
    settings.flush()
    desk.start(with_model=False)
    desk.close()
    after = _stored(desk)
    assert (after.get(rows.THEME), after.get(rows.READER)) == ("light", "bob")
    assert (after.get(rows.TEXT_SIZE), after.get(rows.CACHE_MB)) == (115, 4096)
