"""No action is without a test that drives it by its real key or click, and that claim is checked."""

import ast
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.cxr_viewer.ui.desks import Desk, press
from tests.cxr_viewer.ui.driving import Witness, missing

_TESTS = Path(__file__).parents[2]


def _claimed(file: Path) -> set[str]:
    """Return the names in every ``pytest.mark.drives("name", ...)`` of a test file."""
    calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return {
        argument.value
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "drives"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def test_every_action_has_a_test_that_drives_it(desk: Desk) -> None:
    named = set(desk.start(with_model=False).window.named_actions)
    claimed = set[str]().union(*(_claimed(file) for file in _TESTS.rglob("test_*.py")))
    assert sorted(named - claimed) == [], "these actions have no test that drives them"
    assert sorted(claimed - named) == [], "these tests drive actions that do not exist"


def test_a_call_is_no_key(desk: Desk, ward: Path, qapp: QApplication) -> None:
    view = desk.open(ward).window.image_view
    witness = Witness()
    qapp.installEventFilter(witness)
    desk.trigger("invert")
    assert missing(("invert",), witness) == ["invert"]
    press(view, Qt.Key.Key_I)
    assert missing(("invert",), witness) == []
    qapp.removeEventFilter(witness)


def test_a_key_of_another_action_is_none(desk: Desk, ward: Path, qapp: QApplication) -> None:
    view = desk.open(ward).window.image_view
    witness = Witness()
    qapp.installEventFilter(witness)
    press(view, Qt.Key.Key_I)
    assert missing(("fit", "invert"), witness) == ["fit"]
    qapp.removeEventFilter(witness)
