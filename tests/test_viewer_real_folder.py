"""A reader's way through a folder of real radiographs, from the first image to the reopened window."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cxr_viewer.core.findings import FindingState, ReviewOutcome
from cxr_viewer.core.geometry import Box
from cxr_viewer.ui.model_state import Stage
from tests import real_data
from tests.cxr_viewer.ui.desks import Desk, drag, press
from tests.factories import FakeDetector


@pytest.fixture
def folder() -> Path:
    """A real folder of frontal chest radiographs in DICOM."""
    return real_data.folder("dicom/rsna_like")


def test_reader_corrects_real_radiographs(tmp_path: Path, qtbot: QtBot, folder: Path) -> None:
    detector = FakeDetector(members=4)
    desk = Desk(tmp_path, qtbot, detector)
    workspace = desk.open(folder)
    session, window, view = workspace.session, workspace.window, workspace.window.image_view
    assert desk.stage() is Stage.DONE
    assert len(view.boxes) == 2
    first = workspace.flow.shown

    # Sliders select anew without the network.
    panel = window.threshold_panel
    desk.wait_until_quiet()
    shapes = len(detector.shapes)
    panel.score_row.slider.setValue(panel.score_row.slider.maximum())
    assert list(view.boxes) == []
    panel.score_row.reset.click()
    assert len(view.boxes) == 2
    width = view.boxes[0].box.width
    panel.size_row.slider.setValue(panel.size_row.slider.maximum())
    assert view.boxes[0].box.width < width
    panel.size_row.reset.click()
    panel.overlap_row.slider.setValue(panel.overlap_row.slider.maximum())
    assert session.thresholds
    assert session.thresholds.overlap == 0.5
    assert len(detector.shapes) == shapes

    # Accept by key, reject by button, draw by mouse, move by mouse.
    view.setFocus()
    press(view, Qt.Key.Key_Return)
    window.finding_panel._reject.click()
    press(view, Qt.Key.Key_B)
    image = view.image
    assert image
    drag(view, (image.columns * 0.4, image.rows * 0.7), (image.columns * 0.6, image.rows * 0.9))
    assert desk.states() == [FindingState.ACCEPTED, FindingState.REJECTED, FindingState.ADDED]
    added = session.findings[2]
    assert added.box.width == pytest.approx(image.columns * 0.2, abs=2 / view.transform.zoom)
    drag(view, (image.columns * 0.5, image.rows * 0.8), (image.columns * 0.45, image.rows * 0.75))
    moved = session.findings[2]
    assert moved.uid == added.uid
    assert moved.box.x1 < added.box.x1
    corner = Box(moved.box.x1, moved.box.y1, moved.box.x2, moved.box.y2)
    drag(view, (corner.x2, corner.y2), (corner.x2 + 60, corner.y2 + 40))
    assert session.findings[2].box.x1 == corner.x1
    assert session.findings[2].box.x2 > corner.x2 + 30

    # Undo and redo, verdict, signature, next.
    for key in (Qt.Key.Key_Z, Qt.Key.Key_Z):
        press(view, key, Qt.KeyboardModifier.ControlModifier)
    assert session.findings[2].box == added.box
    press(view, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert session.findings[2].box == moved.box
    press(view, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert desk.outcome() is ReviewOutcome.OPACITY
    signed = session.findings
    press(view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait_for_detections()
    assert workspace.flow.shown != first
    second = workspace.flow.shown
    press(view, Qt.Key.Key_A)
    desk.wait_for_detections()
    assert workspace.flow.shown == first
    assert session.findings == signed
    assert session.review is not None
    press(view, Qt.Key.Key_D)
    desk.wait_for_detections()
    press(view, Qt.Key.Key_Return)
    kept = session.findings
    desk.close()

    again = desk.start()
    with qtbot.waitSignal(again.settled, timeout=20_000):
        again.opening.open_last()
    desk.wait_for_detections()
    assert again.flow.shown == second
    assert again.session.findings == kept
    desk.close()


def test_every_real_file_is_shown_or_says_why_not(tmp_path: Path, qtbot: QtBot) -> None:
    folder = real_data.folder("dicom/display")
    desk = Desk(tmp_path, qtbot)
    workspace = desk.open(folder)
    desk.wait_until_quiet()
    for entry in workspace.worklist.entries:
        if entry.is_readable:
            workspace.flow.open(entry.path)
            desk.wait_for_detections()
            assert workspace.flow.shown == entry.path or entry.reason
    desk.close()
