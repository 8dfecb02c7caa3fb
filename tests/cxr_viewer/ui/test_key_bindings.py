"""Keys that the reader gave to actions: no conflicts, kept, applied at once, taken back."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cxr_viewer.ui import action_table, actions
from cxr_viewer.ui.key_bindings import KeyBindings
from cxr_viewer.ui.settings import Settings
from tests.cxr_viewer.ui.desks import Desk, press


def _settings(folder: Path) -> Settings:
    return Settings(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def _bindings(window: QWidget, folder: Path) -> KeyBindings:
    canvas = QWidget(window)
    return KeyBindings(actions.build(window, canvas), action_table.SPECS, _settings(folder))


def test_without_changes_every_action_has_the_keys_of_the_table(window: QWidget, tmp_path: Path) -> None:
    bindings = _bindings(window, tmp_path)
    assert bindings.keys("redo") == ("Ctrl+Shift+Z", "Ctrl+Y")
    assert not any(bindings.is_own(spec.name) for spec in action_table.SPECS)


def test_a_taken_key_is_refused_and_the_other_action_named(window: QWidget, tmp_path: Path) -> None:
    bindings = _bindings(window, tmp_path)
    assert bindings.refusal("invert", "X") == "X stands for “Reject” already."
    with pytest.raises(ValueError, match="Reject"):
        bindings.set_keys("invert", ("X",))
    assert bindings.keys("invert") == ("I",)


def test_keys_that_the_image_handles_itself_stay_with_it(window: QWidget, tmp_path: Path) -> None:
    bindings = _bindings(window, tmp_path)
    assert "Peek" in bindings.refusal("invert", "Space")
    assert "belongs to the image" in bindings.refusal("peek", "Y")
    assert "arrow keys" in bindings.refusal("invert", "Ctrl+Left")


@pytest.mark.parametrize("key", ["K", "7", "Shift+K", "Return", "Delete", "?"])
def test_what_works_everywhere_takes_no_key_that_a_text_field_needs(window: QWidget, tmp_path: Path, key: str) -> None:
    bindings = _bindings(window, tmp_path)
    bindings.reset_all()
    assert "single letters work on the image only" in bindings.refusal("open_folder", key).lower()


def test_own_keys_come_back_after_a_restart_and_one_or_all_can_be_reset(window: QWidget, tmp_path: Path) -> None:
    bindings = _bindings(window, tmp_path)
    bindings.set_keys("invert", ("Y", "Shift+Y"))
    bindings.set_keys("open_folder", ("Ctrl+;",))
    bindings.set_keys("fit", ())
    again = _bindings(window, tmp_path)
    assert again.keys("invert") == ("Y", "Shift+Y")
    assert again.keys("open_folder") == ("Ctrl+;",)
    assert again.keys("fit") == ()
    again.reset("invert")
    assert again.keys("invert") == ("I",)
    assert again.keys("fit") == ()
    again.reset_all()
    assert _bindings(window, tmp_path).keys("fit") == ("=",)


def test_taking_a_key_over_leaves_the_other_action_without_it(window: QWidget, tmp_path: Path) -> None:
    bindings = _bindings(window, tmp_path)
    bindings.take("invert", "X")
    assert (bindings.keys("invert"), bindings.keys("reject"), bindings.holder("X")) == (("X",), (), "invert")
    bindings.reset("reject")
    assert bindings.keys("reject") == (), "the reader's own key comes before the table's"
    bindings.reset("invert")
    assert (bindings.keys("invert"), bindings.keys("reject")) == (("I",), ("X",))


def test_keys_that_an_older_version_stored_for_what_is_taken_now_are_dropped(window: QWidget, tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    settings.keep_keys("invert", ("Space",))
    settings.keep_keys("no_such_action_any_more", ("Q",))
    settings.flush()
    bindings = _bindings(window, tmp_path)
    assert (bindings.keys("invert"), bindings.keys("peek")) == ((), ("Space",))


def test_no_key_ever_stands_for_two_actions_whatever_was_stored(window: QWidget, tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    for spec in action_table.SPECS:
        settings.keep_keys(spec.name, ("X",))
    settings.flush()
    bindings = _bindings(window, tmp_path)
    assert [spec.name for spec in action_table.SPECS if "X" in bindings.keys(spec.name)] == [action_table.SPECS[0].name]


def test_a_changed_key_works_at_once_and_the_old_one_no_more(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view, invert = workspace.window.image_view, workspace.window.named_actions["invert"]
    view.setFocus()
    workspace.desk.bindings.set_keys("invert", ("Y",))
    seen = []
    for key in (Qt.Key.Key_I, Qt.Key.Key_Y):
        press(view, key)
        seen.append(view.is_inverted)
    assert seen == [False, True]
    assert invert.toolTip().endswith("[Y]")


def test_buttons_and_start_page_name_the_key_in_force(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    workspace.desk.bindings.set_keys("sign_off", ("Ctrl+F9",))
    workspace.desk.bindings.set_keys("open_folder", ("Ctrl+F8",))
    workspace.desk.bindings.set_keys("comment_image", ("Ctrl+F7",))
    assert workspace.window.verdict_panel.comment.placeholderText() == "Comment on this image   Ctrl+F7"
    assert workspace.window.verdict_panel.sign.text() == "Sign off and next  Ctrl+F9"
    assert "[Ctrl+F9]" in workspace.window.verdict_panel.sign.toolTip()
    details = [button.accessibleDescription() for button in workspace.window.start_page.findChildren(QWidget)]
    assert any("Ctrl+F8" in text for text in details)
