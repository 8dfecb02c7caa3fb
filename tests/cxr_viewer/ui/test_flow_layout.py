"""Widgets go on in another line where there is no room."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cxr_viewer.ui.chip import Chip
from cxr_viewer.ui.flow_layout import FlowLayout


def _row(qtbot: QtBot) -> tuple[QWidget, list[QWidget]]:
    row = QWidget()
    qtbot.addWidget(row)
    layout = FlowLayout(row, spacing=4)
    widgets = [QWidget() for _ in range(4)]
    for widget in widgets:
        widget.setFixedSize(50, 20)
        layout.addWidget(widget)
    row.show()
    return row, widgets


def test_lines_break_where_the_next_widget_does_not_fit(qtbot: QtBot) -> None:
    row, widgets = _row(qtbot)
    row.resize(160, 80)
    assert [(widget.x(), widget.y()) for widget in widgets] == [(0, 0), (54, 0), (108, 0), (0, 24)]
    layout = row.layout()
    assert layout
    assert [layout.heightForWidth(width) for width in (220, 160, 60)] == [20, 44, 92]


def test_a_hidden_widget_takes_no_room(qtbot: QtBot) -> None:
    row, widgets = _row(qtbot)
    widgets[1].hide()
    row.resize(160, 80)
    layout = row.layout()
    assert layout
    layout.activate()
    assert [(widget.x(), widget.y()) for widget in widgets if widget.isVisible()] == [(0, 0), (54, 0), (108, 0)]


def test_a_widget_can_be_taken_out_again(qtbot: QtBot) -> None:
    row, widgets = _row(qtbot)
    layout = row.layout()
    assert layout
    layout.removeWidget(widgets[0])
    assert layout.count() == 3
    assert layout.itemAt(9) is None


def test_a_chip_that_is_chosen_is_as_wide_as_before(qtbot: QtBot) -> None:
    chip = Chip("Most useful")
    qtbot.addWidget(chip)
    chip.setCheckable(True)
    before = chip.sizeHint().width()
    chip.setChecked(True)
    assert chip.sizeHint().width() == before
