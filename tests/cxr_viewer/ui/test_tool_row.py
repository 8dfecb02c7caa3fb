"""The tool row loses words before it loses buttons."""

from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QToolBar, QToolButton

from tests.cxr_viewer.ui.desks import Desk


def _buttons(row: QToolBar) -> list[QToolButton]:
    return [button for button in row.findChildren(QToolButton) if button.accessibleName()]


def test_every_button_stays_in_a_narrow_window_and_words_come_back_in_a_wide_one(desk: Desk, ward: Path) -> None:
    window = desk.open(ward, with_model=False).window
    row = window.findChild(QToolBar)
    assert isinstance(row, QToolBar)
    for width, has_words in ((1600, True), (1000, False), (900, False), (1600, True)):
        window.resize(width, 640)
        desk.qtbot.wait(30)
        inside = QRect(0, 0, row.width(), row.height())
        hidden = [
            button.accessibleName()
            for button in _buttons(row)
            if not button.isVisible() or not inside.contains(button.geometry())
        ]
        assert hidden == []
        measure = row.widgetForAction(window.named_actions["tool_measure"])
        assert isinstance(measure, QToolButton)
        with_words = measure.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        assert with_words is has_words
        assert measure.accessibleName() == "Measure"
