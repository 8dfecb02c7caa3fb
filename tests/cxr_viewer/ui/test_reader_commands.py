"""Every reading key does what the table says, with the image in focus."""

from pathlib import Path

from PySide6.QtCore import Qt

from cxr_viewer.core.findings import FindingState, ReviewOutcome
from cxr_viewer.dicom.windowing import Window
from cxr_viewer.ui.image_view import Tool
from cxr_viewer.ui.tool_row import TOOLS
from tests.cxr_viewer.ui.desks import Desk, drag, press

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_reading_by_keys_alone(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view, session = workspace.window.image_view, workspace.session
    view.setFocus()
    press(view, Qt.Key.Key_Return)
    press(view, Qt.Key.Key_X)
    assert desk.states() == [FindingState.ACCEPTED, FindingState.REJECTED]
    press(view, Qt.Key.Key_Z, CONTROL)
    press(view, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert desk.states() == [FindingState.ACCEPTED, FindingState.REJECTED]
    press(view, Qt.Key.Key_Tab)
    press(view, Qt.Key.Key_Delete)
    assert desk.states() == [FindingState.REJECTED, FindingState.REJECTED]
    press(view, Qt.Key.Key_2, CONTROL)
    assert desk.outcome() is ReviewOutcome.NO_OPACITY
    press(view, Qt.Key.Key_Enter, CONTROL)
    desk.wait_for_detections()
    assert workspace.flow.shown == ward / "1.dcm"
    press(view, Qt.Key.Key_PageDown)
    desk.wait_for_detections()
    assert workspace.flow.shown == ward / "2.dcm"
    press(view, Qt.Key.Key_A)
    desk.wait_for_detections()
    assert workspace.flow.shown == ward / "1.dcm"
    assert session.findings == ()


def test_score_keys_move_the_slider_by_a_twentieth(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view = workspace.window.image_view
    view.setFocus()
    press(view, Qt.Key.Key_BracketRight)
    assert workspace.session.thresholds
    assert workspace.session.thresholds.score == 0.35
    for _ in range(30):
        press(view, Qt.Key.Key_BracketLeft)
    assert workspace.session.thresholds.score == 0.025
    desk.trigger("reset_thresholds")
    assert workspace.session.thresholds == desk.detector.thresholds


def test_tools_have_a_visible_mode(desk: Desk, ward: Path) -> None:
    window = desk.open(ward).window
    view = window.image_view
    view.setFocus()
    for key, name, tool in (
        (Qt.Key.Key_M, "tool_measure", Tool.MEASURE),
        (Qt.Key.Key_P, "tool_pan", Tool.PAN),
        (Qt.Key.Key_B, "tool_box", Tool.BOX),
        (Qt.Key.Key_W, "tool_window", Tool.WINDOW),
    ):
        press(view, key)
        assert view.tool is tool
        assert [n for n in TOOLS if window.named_actions[n].isChecked()] == [name]


def test_drawing_a_box_returns_to_the_window_tool(desk: Desk, ward: Path) -> None:
    view = desk.open(ward).window.image_view
    desk.trigger("tool_box")
    drag(view, (60, 200), (140, 280))
    assert desk.states() == [FindingState.ADDED]
    assert view.tool is Tool.WINDOW


def test_presets_full_range_and_opening_window_are_on_digits(desk: Desk, ward: Path) -> None:
    view = desk.open(ward).window.image_view
    view.setFocus()
    opened = view.voi
    press(view, Qt.Key.Key_1)
    assert isinstance(view.voi, Window)
    assert view.voi.explanation == "Lung"
    press(view, Qt.Key.Key_0)
    assert view.voi.explanation == "Full range"
    press(view, Qt.Key.Key_QuoteLeft)
    assert view.voi is opened


def test_inverting_is_for_the_screen_only(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view = workspace.window.image_view
    shapes = workspace.session.candidates
    view.setFocus()
    press(view, Qt.Key.Key_I)
    assert view.is_inverted
    assert workspace.session.candidates is shapes


def test_hidden_boxes_cannot_be_judged(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view = workspace.window.image_view
    view.setFocus()
    press(view, Qt.Key.Key_O)
    press(view, Qt.Key.Key_Return)
    press(view, Qt.Key.Key_X)
    assert desk.states() == []
    press(view, Qt.Key.Key_O)
    press(view, Qt.Key.Key_X)
    assert desk.states() == [FindingState.REJECTED]


def test_rejecting_with_a_reason_keeps_it(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    workspace.window.finding_panel.ask_rejection("device")
    assert workspace.session.findings[0].reason == "device"
    assert workspace.window.finding_panel.model.rows[-1].title == "Rejected: device"
