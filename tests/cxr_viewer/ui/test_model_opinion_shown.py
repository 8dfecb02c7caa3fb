"""The model's opinion in the running window: hidden by Space, tied to one bundle, said of every box, kept to itself."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from cxr_viewer.core.candidates import Thresholds
from cxr_viewer.core.gate import GateScore
from cxr_viewer.detection.bundle import OperatingPoint
from cxr_viewer.ui.model_facts import LoadedModel, facts_of
from cxr_viewer.ui.overlay import Kind
from tests.cxr_viewer.ui.desks import Desk, press
from tests.factories import FakeDetector

SHIFT = Qt.KeyboardModifier.ShiftModifier


def _load(desk: Desk, detector: FakeDetector) -> None:
    """Load another model as the menu does, with a curve that was measured on phantoms."""
    assert desk.workspace is not None
    facts = replace(facts_of(detector), points=(OperatingPoint(0.1, 0.88, 0.5),), measured_on="phantoms")
    desk.workspace.runner.load(lambda: LoadedModel(detector, facts))
    session = desk.workspace.session
    desk.qtbot.waitUntil(lambda: session.model is not None and session.model.digest == detector.digest, timeout=5000)
    desk.wait_for_detections()


@pytest.mark.drives("overlap_down", "overlap_up")
@pytest.mark.parametrize(
    ("lower", "raise_"),
    [(Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight), (Qt.Key.Key_BraceLeft, Qt.Key.Key_BraceRight)],
)
def test_shifted_brackets_move_the_overlap_on_every_keyboard(
    desk: Desk, ward: Path, lower: Qt.Key, raise_: Qt.Key
) -> None:
    workspace = desk.open(ward)
    view, session = workspace.window.image_view, workspace.session
    own = session.thresholds
    assert own is not None
    press(view, raise_, SHIFT)
    assert session.thresholds == replace(own, overlap=0.15)
    assert workspace.window.threshold_panel.overlap_row.slider.value() == 15
    for _ in range(20):
        press(view, raise_, SHIFT)
    assert session.thresholds == replace(own, overlap=0.5)
    for _ in range(20):
        press(view, lower, SHIFT)
    assert session.thresholds == replace(own, overlap=0.0)


def test_a_brace_that_has_a_key_of_its_own_moves_the_overlap_too(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    press(workspace.window.image_view, Qt.Key.Key_BraceRight)
    assert workspace.session.thresholds is not None
    assert workspace.session.thresholds.overlap == 0.15


def test_thresholds_belong_to_one_bundle_and_never_go_over_to_another(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    session = workspace.session
    moved = Thresholds(0.6, 0.35, 0.8)
    session.set_thresholds(moved)
    other = FakeDetector(digest="c" * 64, thresholds=Thresholds(0.2, 0.05))
    _load(desk, other)
    assert session.thresholds == other.thresholds
    assert not workspace.window.threshold_panel.score_row.reset.isEnabled()
    _load(desk, FakeDetector())
    assert session.thresholds == moved


def test_thresholds_stay_when_the_image_changes(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    workspace.session.set_thresholds(Thresholds(0.45, 0.2))
    press(workspace.window.image_view, Qt.Key.Key_D)
    desk.wait_for_detections()
    assert workspace.session.thresholds == Thresholds(0.45, 0.2)


@pytest.mark.drives("peek")
def test_held_space_hides_everything_over_the_image(desk: Desk, ward: Path) -> None:
    view = desk.open(ward).window.image_view
    plain = view.grab().toImage()
    QTest.keyPress(view, Qt.Key.Key_Space)
    held = view.grab().toImage()
    assert not view.are_overlays_visible
    assert held != plain
    QTest.keyRelease(view, Qt.Key.Key_Space)
    assert view.grab().toImage() == plain


def test_every_unjudged_detection_has_its_halo(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    boxes = [shown for shown in workspace.window.image_view.boxes if shown.kind is Kind.DETECTION]
    assert boxes
    for shown in boxes:
        assert shown.inner is not None
        assert shown.outer is not None
        assert shown.inner.area < shown.box.area < shown.outer.area


def test_a_box_says_its_model_and_version_when_pointed_at(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view, session = workspace.window.image_view, workspace.session
    box = view.boxes[0].box
    spot = QPoint(*(round(value) for value in view.transform.to_view((box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2)))
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, spot, view.mapToGlobal(spot)))
    assert QToolTip.text().startswith("Model Fake ensemble 1: score ")
    assert "2 of 2 members" in QToolTip.text()
    assert "20th to 80th percentile" in QToolTip.text()
    session.select(view.boxes[0].uid)
    press(view, Qt.Key.Key_Return)
    finding = session.findings[0]
    said = view.words_of(finding.uid)
    assert said.startswith("Accepted by you")
    assert "From model Fake ensemble 1" in said
    _load(desk, FakeDetector(digest="c" * 64, name="Second 2"))
    assert "another model (bundle bbbbbbbb…)" in view.words_of(finding.uid)


def test_figures_go_where_the_gate_withholds_and_stay_away_when_boxes_are_shown_anyway(desk: Desk, ward: Path) -> None:
    desk.detector = FakeDetector(gate=GateScore(0.9, 0.5))
    workspace = desk.open(ward)
    _load(desk, FakeDetector(gate=GateScore(0.9, 0.5), digest="d" * 64))
    window = workspace.window
    assert "sensitivity" not in window.threshold_panel.score_row.note
    assert "The model is withheld" in window.gate_banner.text
    desk.trigger("show_anyway")
    desk.wait_for_detections()
    assert len(workspace.session.detections) == 2
    assert "sensitivity" not in window.threshold_panel.score_row.note
    assert "Shown because you asked" in window.gate_banner.text
    assert "does not look like a frontal chest" in window.gate_banner.text
    assert workspace.session.steps[-1] == "Show boxes of a withheld image"


def test_figures_name_their_data_set_on_an_image_that_passes(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    _load(desk, FakeDetector(digest="d" * 64))
    note = workspace.window.threshold_panel.score_row.note
    assert note == "sensitivity 0.88 at 0.5 false positives per image on phantoms"
