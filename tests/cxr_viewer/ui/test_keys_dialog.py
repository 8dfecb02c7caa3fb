"""The list of keys: complete, searched, edited, printed."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cxr_viewer.ui import keys_page
from cxr_viewer.ui.keys_dialog import KeysDialog
from tests.cxr_viewer.ui.desks import Desk, press


@pytest.fixture
def dialog(desk: Desk) -> KeysDialog:
    window = desk.start(with_model=False).window
    window.activateWindow()
    desk.qtbot.waitUntil(window.isActiveWindow)
    press(window, Qt.Key.Key_F1)
    found = window.findChild(KeysDialog)
    assert found is not None
    desk.qtbot.waitUntil(found.isActiveWindow)
    return found


def _press_in_field(key: Qt.Key) -> None:
    field = QApplication.focusWidget()
    assert field is not None
    press(field, key)


def _keys(dialog: KeysDialog) -> dict[str, str]:
    return {row.name: row.keys for row in dialog.shown_rows()}


@pytest.mark.drives("shortcuts")
def test_f1_lists_every_action_with_its_key_under_its_menu(desk: Desk, dialog: KeysDialog) -> None:
    assert desk.workspace
    rows = {row.name: row for row in dialog.shown_rows()}
    assert set(desk.workspace.window.named_actions) <= set(rows)
    assert (rows["undo"].group, rows["undo"].keys) == ("Review", "Ctrl+Z")
    assert rows["preset_1"].group == "Window presets"
    assert any("Left drag" in row.text for row in dialog.shown_rows())


def test_asked_for_twice_it_is_shown_once(desk: Desk, dialog: KeysDialog) -> None:
    assert desk.workspace
    desk.trigger("shortcuts")
    assert desk.workspace.window.findChildren(KeysDialog) == [dialog]


def test_typing_filters_by_words(dialog: KeysDialog) -> None:
    QTest.keyClicks(dialog.search, "second time")
    assert dialog.shown_rows() == ()
    dialog.search.clear()
    QTest.keyClicks(dialog.search, "whole image")
    assert "fit" in _keys(dialog)
    assert "undo" not in _keys(dialog)


@pytest.mark.parametrize(("typed", "name"), [("ctrl+z", "undo"), ("x", "reject"), ("F11", "full_screen")])
def test_typing_filters_by_key(dialog: KeysDialog, typed: str, name: str) -> None:
    QTest.keyClicks(dialog.search, typed)
    assert name in _keys(dialog)
    assert all(typed.casefold() in keys.casefold() for keys in _keys(dialog).values())


def test_a_free_key_is_used_at_once_by_keyboard_alone(desk: Desk, dialog: KeysDialog) -> None:
    assert desk.workspace
    dialog.choose("invert")
    dialog.field.setFocus()
    _press_in_field(Qt.Key.Key_Y)
    assert dialog.use.isEnabled()
    dialog.use.setFocus()
    press(dialog.use, Qt.Key.Key_Space)
    assert _keys(dialog)["invert"] == "Y"
    assert desk.workspace.window.named_actions["invert"].shortcut().toString() == "Y"
    chosen = dialog.chosen()
    assert chosen is not None
    assert chosen.name == "invert", "the line stays chosen"
    dialog.reset.click()
    assert _keys(dialog)["invert"] == "I"


def test_a_conflict_names_the_other_action_and_can_be_taken_over(dialog: KeysDialog) -> None:
    dialog.choose("invert")
    dialog.field.setFocus()
    _press_in_field(Qt.Key.Key_X)
    assert "“Reject”" in dialog.sentence.text()
    assert dialog.use.text() == "Take over"
    assert not dialog.add.isEnabled()
    dialog.use.click()
    assert (_keys(dialog)["invert"], _keys(dialog)["reject"]) == ("X", "")
    dialog.reset_all.click()
    assert (_keys(dialog)["invert"], _keys(dialog)["reject"]) == ("I", "X")
    assert not dialog.reset_all.isEnabled()


def test_a_second_key_is_added_and_all_keys_can_go(dialog: KeysDialog) -> None:
    dialog.choose("invert")
    dialog.field.setFocus()
    _press_in_field(Qt.Key.Key_Y)
    dialog.add.click()
    assert _keys(dialog)["invert"] == "I or Y"
    dialog.remove.click()
    assert _keys(dialog)["invert"] == ""


def test_keys_of_the_image_cannot_be_changed_and_that_is_said(dialog: KeysDialog) -> None:
    dialog.choose("peek")
    assert not dialog.field.isEnabled()
    assert "belongs to the image" in dialog.sentence.text()


def test_the_list_is_printed(dialog: KeysDialog, tmp_path: Path) -> None:
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "keys.pdf"))
    dialog.print_on(printer)
    assert (tmp_path / "keys.pdf").read_bytes().startswith(b"%PDF")
    page = keys_page.printed(dialog.shown_rows())
    assert "<b>Ctrl+Z</b></td><td>Undo</td>" in page
    assert "<b>Middle drag</b></td><td>pan</td>" in page


def test_escape_closes_it(desk: Desk, dialog: KeysDialog) -> None:
    assert desk.workspace
    press(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
