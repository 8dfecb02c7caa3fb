"""The table of actions: complete, without conflicts, each in a menu with its key."""

from collections import Counter

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from cxr_viewer import resources
from cxr_viewer.ui import action_table, menus, window_presets
from tests.cxr_viewer.ui.desks import Desk


def _entries(menu: QMenu) -> set[QAction]:
    found = set[QAction]()
    for action in menu.actions():
        submenu = action.menu()
        found |= _entries(submenu) if isinstance(submenu, QMenu) else {action}
    return found


def test_no_key_stands_for_two_actions() -> None:
    keys = [QKeySequence(key).toString() for spec in action_table.SPECS for key in spec.keys]
    keys += window_presets.keys_and_names(window_presets.read())
    assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_every_key_means_something_to_qt() -> None:
    assert [spec.name for spec in action_table.SPECS if any(QKeySequence(key).isEmpty() for key in spec.keys)] == []


def test_single_letters_work_on_the_image_only() -> None:
    singles = [spec for spec in action_table.SPECS if any(len(key) == 1 for key in spec.keys)]
    assert {spec.scope for spec in singles} == {"canvas", "shown"}  # "shown" keys are taken by the image itself


def test_no_bare_digit_changes_a_finding() -> None:
    assert not any(key.isdigit() for spec in action_table.SPECS for key in spec.keys)


def test_every_icon_is_drawn_in_the_colour_of_the_text() -> None:
    for spec in action_table.SPECS:
        if spec.icon:
            assert "currentColor" in resources.read_text(f"icons/{spec.icon}.svg")


def test_every_icon_file_is_in_use() -> None:
    in_style_sheet = {f"{name}-{colours}" for name in ("tick", "arrow") for colours in ("dark", "light")}
    named = (
        in_style_sheet
        | {spec.icon for spec in action_table.SPECS}
        | {"warning", "info", "lungs", "folder-open", "clock"}
    )
    assert {path.stem for path in resources.path("icons").glob("*.svg")} - named == set()


def test_every_action_stands_in_a_menu_and_does_something(desk: Desk) -> None:
    window = desk.start(with_model=False).window
    in_menus = set[QAction]()
    for action in window.menuBar().actions():
        menu = action.menu()
        assert isinstance(menu, QMenu)
        in_menus |= _entries(menu)
    assert [name for name, action in window.named_actions.items() if action not in in_menus] == []
    unheard = [
        name
        for name, action in window.named_actions.items()
        if not action.receivers("2triggered(bool)") and not action.receivers("2toggled(bool)")
    ]
    assert unheard == []


def test_menus_name_known_actions_only() -> None:
    known = {spec.name for spec in action_table.SPECS}
    named = [name for names in menus.LAYOUT.values() for name in names if name != "-" and not name.startswith("*")]
    assert set(named) <= known


def test_every_tip_is_a_sentence() -> None:
    assert [spec.name for spec in action_table.SPECS if not spec.tip.endswith(".")] == []
