"""The call comes once, after the first paint; and also for a window that is never painted."""

import pytest
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cxr_viewer.ui import first_paint
from cxr_viewer.ui.first_paint import FirstPaint


class Painted(QWidget):
    """Notes what happens to it."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[str] = []

    def paintEvent(self, _event: QPaintEvent) -> None:
        self.events.append("painted")


def test_it_comes_once_after_the_first_paint(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    widget = Painted()
    qtbot.addWidget(widget)
    FirstPaint(widget, lambda: widget.events.append("called"))
    assert widget.events == []
    widget.show()
    qtbot.waitUntil(lambda: "called" in widget.events)
    assert widget.events[0] == "painted"
    widget.repaint()
    qtbot.wait(first_paint.LATEST_MS + 50)
    assert widget.events.count("called") == 1


def test_a_window_that_is_never_painted_does_not_hold_the_program_up(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_paint, "LATEST_MS", 10)
    widget = Painted()
    qtbot.addWidget(widget)
    FirstPaint(widget, lambda: widget.events.append("called"))
    qtbot.waitUntil(lambda: widget.events == ["called"])
