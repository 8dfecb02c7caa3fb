"""Every action of reading, driven by its own key on the image or by the mouse."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from cxr_viewer.core.findings import FindingState, ReviewOutcome
from cxr_viewer.dicom.windowing import Window
from cxr_viewer.ui.image_view import ImageView, Tool
from cxr_viewer.ui.model_state import Stage
from tests.cxr_viewer.ui.desks import Desk, drag, hold, press
from tests.cxr_viewer.ui.driving import click_in_menu
from tests.factories import FakeDetector, dicom_file, radiograph

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


def _tool(view: ImageView) -> Tool:
    return view.tool


@pytest.mark.drives("accept", "reject", "delete", "undo", "redo")
def test_judging_and_taking_back(desk: Desk, ward: Path) -> None:
    view = desk.open(ward).window.image_view
    press(view, Key.Key_Return)
    press(view, Key.Key_X)
    assert desk.states() == [FindingState.ACCEPTED, FindingState.REJECTED]
    press(view, Key.Key_Z, CONTROL)
    assert desk.states() == [FindingState.ACCEPTED]
    press(view, Key.Key_Z, CONTROL | SHIFT)
    assert desk.states() == [FindingState.ACCEPTED, FindingState.REJECTED]
    press(view, Key.Key_Tab)
    press(view, Key.Key_Backspace)
    assert desk.states() == [FindingState.REJECTED, FindingState.REJECTED]
    press(view, Key.Key_Z, CONTROL)
    press(view, Key.Key_Y, CONTROL)
    assert desk.states() == [FindingState.REJECTED, FindingState.REJECTED]


@pytest.mark.drives("tool_window", "tool_zoom", "tool_pan", "tool_box")
def test_each_tool_has_its_key_and_does_its_work(desk: Desk, ward: Path) -> None:
    window = desk.open(ward).window
    view = window.image_view
    click_in_menu(window, "View", "tool_zoom")
    assert _tool(view) is Tool.ZOOM
    view.setFocus()
    fitted = view.transform.zoom
    drag(view, (130, 150), (130, 100))
    assert view.transform.zoom > fitted
    press(view, Key.Key_Equal)
    press(view, Key.Key_P)
    assert _tool(view) is Tool.PAN
    where = view.transform.to_view(130, 150)
    drag(view, (130, 150), (150, 170))
    moved = view.transform.to_view(130, 150)
    assert (moved[0] - where[0], moved[1] - where[1]) == pytest.approx((20 * view.transform.zoom,) * 2, abs=1.5)
    press(view, Key.Key_W)
    assert _tool(view) is Tool.WINDOW
    before = view.voi
    drag(view, (10, 10), (60, 10))
    assert view.voi != before
    press(view, Key.Key_B)
    drag(view, (60, 200), (140, 280))
    assert desk.states() == [FindingState.ADDED]


@pytest.mark.drives("preset_1", "preset_2", "preset_3", "preset_4", "preset_0", "preset_`")
def test_windows_are_on_digits(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view, named = workspace.window.image_view, workspace.window.named_actions
    opened = view.voi
    for digit in "12340":
        press(view, getattr(Key, f"Key_{digit}"))
        assert isinstance(view.voi, Window)
        assert view.voi.explanation == named[f"preset_{digit}"].text()
    press(view, Key.Key_QuoteLeft)
    assert view.voi == opened


@pytest.mark.drives("zoom_in", "zoom_out", "fit", "one_to_one")
def test_zoom_keys(desk: Desk, ward: Path) -> None:
    view = desk.open(ward).window.image_view
    fitted = view.transform.zoom
    press(view, Key.Key_Plus)
    enlarged = view.transform.zoom
    assert enlarged > fitted
    press(view, Key.Key_Minus)
    press(view, Key.Key_Minus)
    assert view.transform.zoom < fitted
    press(view, Key.Key_0, CONTROL)
    assert view.transform.zoom * view.devicePixelRatioF() == pytest.approx(1)
    press(view, Key.Key_Equal)
    assert view.transform.zoom == pytest.approx(fitted)
    assert view.is_fitted


@pytest.mark.drives("invert", "hide_boxes")
def test_inverting_and_hiding_are_switches(desk: Desk, ward: Path) -> None:
    view = desk.open(ward).window.image_view
    for _ in range(2):
        was_inverted = view.is_inverted
        press(view, Key.Key_I)
        assert view.is_inverted is not was_inverted
    press(view, Key.Key_O)
    press(view, Key.Key_X)
    assert desk.states() == []
    press(view, Key.Key_O)
    press(view, Key.Key_X)
    assert desk.states() == [FindingState.REJECTED]


@pytest.mark.drives("peek")
def test_peek_lasts_as_long_as_the_key_is_held(desk: Desk, ward: Path) -> None:
    view = desk.open(ward).window.image_view
    with hold(view, Key.Key_Space):
        assert not view.are_overlays_visible
    assert view.are_overlays_visible


@pytest.mark.drives("next_box", "previous_box")
def test_boxes_are_stepped_through_in_both_directions(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view = workspace.window.image_view
    first = workspace.session.selected
    press(view, Key.Key_Tab)
    second = workspace.session.selected
    assert second not in ("", first)
    press(view, Key.Key_Backtab, SHIFT)
    assert workspace.session.selected == first


@pytest.mark.drives("outcome_opacity", "outcome_no_opacity", "outcome_unreadable", "sign_off")
def test_verdicts_and_signature(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view = workspace.window.image_view
    for key, outcome in (
        (Key.Key_3, ReviewOutcome.UNREADABLE),
        (Key.Key_1, ReviewOutcome.OPACITY),
        (Key.Key_2, ReviewOutcome.NO_OPACITY),
    ):
        press(view, key, CONTROL)
        assert desk.outcome() is outcome
    press(view, Key.Key_Return, CONTROL)
    desk.wait_for_detections()
    assert workspace.flow.shown == ward / "1.dcm"
    assert desk.outcome() is None
    press(view, Key.Key_A)
    desk.wait_for_detections()
    assert workspace.session.review
    assert workspace.session.review.outcome is ReviewOutcome.NO_OPACITY


@pytest.mark.drives("next_instance", "previous_instance", "next_unread")
def test_going_from_image_to_image(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view = workspace.window.image_view
    for key, modifiers, shown in (
        (Key.Key_D, Qt.KeyboardModifier.NoModifier, "1.dcm"),
        (Key.Key_PageDown, Qt.KeyboardModifier.NoModifier, "2.dcm"),
        (Key.Key_PageUp, Qt.KeyboardModifier.NoModifier, "1.dcm"),
        (Key.Key_A, Qt.KeyboardModifier.NoModifier, "0.dcm"),
        (Key.Key_D, CONTROL | SHIFT, "1.dcm"),
    ):
        press(view, key, modifiers)
        desk.wait_for_detections()
        assert workspace.flow.shown == ward / shown


@pytest.mark.drives("score_up", "score_down", "reset_thresholds")
def test_score_keys_and_reset(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view, default = workspace.window.image_view, desk.detector.thresholds
    press(view, Key.Key_BracketRight)
    assert workspace.session.thresholds
    assert workspace.session.thresholds.score == pytest.approx(default.score + 0.05)
    press(view, Key.Key_BracketLeft)
    press(view, Key.Key_BracketLeft)
    assert workspace.session.thresholds.score == pytest.approx(default.score - 0.05)
    press(view, Key.Key_Backslash, CONTROL)
    assert workspace.session.thresholds == default


@pytest.mark.drives("run_again", "stop_detection")
def test_the_model_is_run_again_and_stopped(desk: Desk, ward: Path) -> None:
    detector = FakeDetector(members=40, seconds=0.0)
    desk.detector = detector
    view = desk.open(ward / "0.dcm").window.image_view
    seen = len(detector.shapes)
    detector.seconds = 0.05
    press(view, Key.Key_F5)
    assert desk.stage() in (Stage.WAITING, Stage.RUNNING)
    desk.qtbot.waitUntil(lambda: len(detector.shapes) == seen + 1)
    press(view, Key.Key_Escape)
    desk.qtbot.waitUntil(lambda: desk.stage() is Stage.STOPPED)


@pytest.mark.drives("show_anyway")
def test_boxes_of_a_withheld_image_are_asked_for_in_the_menu(desk: Desk, tmp_path: Path) -> None:
    path = dicom_file(tmp_path / "lateral.dcm", radiograph(300, 260), ViewPosition="LL")
    workspace = desk.open(path)
    assert desk.stage() is Stage.WITHHELD
    click_in_menu(workspace.window, "Model", "show_anyway")
    desk.wait_for_detections()
    assert len(workspace.window.image_view.boxes) == 2
    assert workspace.session.steps == ("Show boxes of a withheld image",)
