"""What people lost in other programs, tried here: paging during a drag, failed exports, moved files, undo."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox

from cxr_viewer.core.findings import Finding, FindingState, ReviewOutcome
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store.journal import Journal
from cxr_viewer.ui.image_view import ImageView
from cxr_viewer.ui.workspace import Workspace
from tests.cxr_viewer.ui.desks import READER, Desk, drag, press
from tests.factories import dicom_file, radiograph

ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


def _stored(desk: Desk, key: InstanceKey) -> tuple[Finding, ...]:
    with Journal.open(desk.store, create=False) as journal:
        return journal.current_findings(key, READER)


def _key(workspace: Workspace) -> InstanceKey:
    assert workspace.session.reading
    return workspace.session.reading.key


def _take_hold(view: ImageView, finding: Finding) -> QPoint:
    """Press on the middle of a chosen box and pull it a little, without letting go."""
    box = view.transform.box_in_view(finding.box)
    middle = QPoint(round((box.x1 + box.x2) / 2), round((box.y1 + box.y2) / 2))
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(view, middle + QPoint(15, 10))
    QTest.mouseMove(view, middle + QPoint(30, 20))
    return middle + QPoint(30, 20)


@pytest.mark.parametrize("waits", [False, True], ids=["before the next image is there", "after it is there"])
def test_letting_go_after_paging_changes_neither_image(desk: Desk, ward: Path, waits: bool) -> None:
    workspace = desk.open(ward)
    view, session = workspace.window.image_view, workspace.session
    press(view, Key.Key_Return)
    session.select(session.findings[0].uid)
    first, before = _key(workspace), session.findings
    where = _take_hold(view, before[0])
    press(view, Key.Key_D)
    if waits:
        desk.wait_for_detections()
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=where)
    desk.wait_for_detections()
    assert workspace.flow.shown == ward / "1.dcm"
    assert _stored(desk, first) == before
    assert _stored(desk, _key(workspace)) == ()


def test_a_failed_export_takes_nothing_away(desk: Desk, ward: Path, tmp_path: Path) -> None:
    workspace = desk.open(ward)
    view, session = workspace.window.image_view, workspace.session
    press(view, Key.Key_2, ALT)
    press(view, Key.Key_1, CONTROL)
    press(view, Key.Key_Slash)
    before, boxes, steps = session.findings, view.boxes, session.steps
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "thesis.txt").write_text("mine")
    for export in (workspace.export, workspace.ledger):
        with desk.qtbot.waitSignal(export.failed, timeout=20_000) as said:
            export.write(taken)
        assert said.args
        assert "not empty" in said.args[0]
    assert (session.findings, view.boxes, session.steps) == (before, boxes, steps)
    assert session.review is not None
    assert _stored(desk, _key(workspace)) == before
    assert [path.name for path in taken.iterdir()] == ["thesis.txt"]


def test_an_export_changes_nothing_on_the_image(desk: Desk, ward: Path, tmp_path: Path) -> None:
    workspace = desk.open(ward)
    view, session = workspace.window.image_view, workspace.session
    press(view, Key.Key_Return)
    press(view, Key.Key_1, CONTROL)
    press(view, Key.Key_Slash)
    picture, findings = view.grab().toImage(), session.findings
    for name, export in (("set", workspace.export), ("ledger", workspace.ledger)):
        with desk.qtbot.waitSignal(export.written, timeout=20_000):
            export.write(tmp_path / name)
    assert (tmp_path / "ledger" / "ledger.jsonl").is_file()
    workspace.window.image_banner.say("", "info")
    QApplication.processEvents()
    assert session.findings == findings
    assert view.grab().toImage() == picture


def test_findings_go_with_the_pixels_and_not_with_the_files_name(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    press(workspace.window.image_view, Key.Key_Return)
    key, before = _key(workspace), workspace.session.findings
    desk.close()
    moved = ward.with_name("archive") / "renamed.dcm"
    moved.parent.mkdir()
    shutil.move(ward / "0.dcm", moved)
    dicom_file(ward / "0.dcm", radiograph(300, 260, seed=77), PatientName="Another^One")
    again = desk.open(moved)
    assert (_key(again), again.session.findings) == (key, before)
    desk.close()
    other = desk.open(ward / "0.dcm")
    assert _key(other) != key
    assert other.session.findings == ()


def test_deleting_asks_nothing_and_undo_brings_it_back(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view, session = workspace.window.image_view, workspace.session
    press(view, Key.Key_B)
    drag(view, (60, 200), (140, 280))
    before = session.findings
    press(view, Key.Key_Delete)
    assert session.findings == ()
    assert [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog | QMessageBox) and w.isVisible()] == []
    press(view, Key.Key_Z, CONTROL)
    assert session.findings == before == _stored(desk, _key(workspace))


def test_undo_goes_back_in_the_reverse_order_and_each_step_has_a_name(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view, session, actions = workspace.window.image_view, workspace.session, workspace.window.named_actions
    press(view, Key.Key_B)
    drag(view, (60, 200), (140, 280))
    press(view, Key.Key_2, ALT)
    press(view, Key.Key_Right)
    press(view, Key.Key_1, CONTROL)
    press(view, Key.Key_Backslash)
    names = ["Draw opacity", "Label as consolidation", "Move opacity", "Verdict: Opacity", "Ask for a second read"]
    assert list(session.steps) == names
    seen = []
    while session.undo_text:
        seen.append(actions["undo"].text())
        press(view, Key.Key_Z, CONTROL)
    assert seen == [f"Undo {name}" for name in reversed(names)]
    assert (session.findings, session.outcome) == ((), None)


def test_an_undo_is_kept_like_any_gesture(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view = workspace.window.image_view
    press(view, Key.Key_Return)
    press(view, Key.Key_Z, CONTROL)
    assert _stored(desk, _key(workspace)) == (), "nobody has to save, and there is nothing to switch on"
    press(view, Key.Key_Y, CONTROL)
    assert [finding.state for finding in _stored(desk, _key(workspace))] == [FindingState.ACCEPTED]


def test_an_image_without_a_box_is_signed_as_no_opacity_and_stays_so(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view = workspace.window.image_view
    for _ in range(2):
        press(view, Key.Key_X)
    press(view, Key.Key_2, CONTROL)
    press(view, Key.Key_Slash)
    key = _key(workspace)
    desk.close()
    again = desk.open(ward)
    assert again.session.review
    assert again.session.review.outcome is ReviewOutcome.NO_OPACITY
    assert (_key(again), [f.state for f in again.session.findings]) == (key, [FindingState.REJECTED] * 2)
