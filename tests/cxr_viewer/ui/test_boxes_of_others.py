"""Boxes of others: imported from the menu, hidden until the own signature, shown by a key, never in one's hand."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QWidget

from cxr_viewer.core.geometry import Box
from cxr_viewer.dicom import pixels
from cxr_viewer.store.journal import Journal
from cxr_viewer.ui import palette
from cxr_viewer.ui.import_dialogs import ImportDialog, ImportReportDialog
from cxr_viewer.ui.overlay import Kind
from cxr_viewer.ui.workspace import Workspace
from tests.cxr_viewer.ui.desks import READER, Desk, press
from tests.cxr_viewer.ui.driving import click_in_menu

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key
BEN = "Dr. Ben"


def _labels(folder: Path, *rows: str) -> Path:
    file = folder / "labels.csv"
    file.write_text("\n".join(["patientId,x,y,width,height,Target", *rows]) + "\n", encoding="utf-8")
    return file


def _dialog(parent: QWidget, kind: type[QDialog]) -> QDialog:
    [found] = [dialog for dialog in parent.findChildren(QDialog) if isinstance(dialog, kind) and dialog.isVisible()]
    return found


def _import(desk: Desk, file: Path, reader: str = BEN, *, by_menu: bool = False) -> Workspace:
    """Import by the dialog, which the menu or the program opens."""
    workspace = desk.workspace
    assert workspace is not None
    if by_menu:
        click_in_menu(workspace.window, "File", "import_boxes")
    else:
        desk.trigger("import_boxes")
    dialog = _dialog(workspace.window, ImportDialog)
    assert isinstance(dialog, ImportDialog)
    desk.qtbot.waitUntil(dialog.isActiveWindow)
    QTest.keyClicks(dialog.file, str(file))
    QTest.keyClicks(dialog.reader, reader)
    press(dialog.reader, Key.Key_Return)
    assert not workspace.window.named_actions["import_boxes"].isEnabled()
    desk.qtbot.waitUntil(lambda: workspace.window.named_actions["import_boxes"].isEnabled(), timeout=20_000)
    view = workspace.window.image_view
    view.activateWindow()  # as a window system does when the dialog is gone
    desk.qtbot.waitUntil(view.isActiveWindow)
    view.setFocus()
    return workspace


def _sign(desk: Desk) -> None:
    """Reject what the model shows, say "no opacity" and sign without going on."""
    assert desk.workspace is not None
    view, session = desk.workspace.window.image_view, desk.workspace.session
    for _ in range(len(session.detections)):
        press(view, Key.Key_X)
    press(view, Key.Key_2, CONTROL)
    press(view, Key.Key_Slash)
    assert session.review is not None


@pytest.mark.drives("import_boxes", "show_others")
def test_boxes_of_others_show_after_the_own_signature_only(desk: Desk, ward: Path, tmp_path: Path) -> None:
    workspace = desk.open(ward)
    _import(desk, _labels(tmp_path, "0,100,120,50,60,1"), by_menu=True)
    view, session = workspace.window.image_view, workspace.session
    action = workspace.window.named_actions["show_others"]
    assert f"{BEN}: 1 box added on 1 image" in workspace.window.image_banner.text
    assert not action.isEnabled()
    press(view, Key.Key_O, SHIFT)
    assert list(view.others) == []
    assert all(finding.box != Box(100, 120, 150, 180) for finding in session.findings)

    _sign(desk)
    assert action.isEnabled()
    press(view, Key.Key_O, SHIFT)
    [shown] = view.others
    assert (shown.kind, shown.label, shown.box) == (Kind.OTHER, BEN, Box(100, 120, 150, 180))
    violet = view.grab().toImage()
    colours = {
        violet.pixelColor(x, y).name().upper() for x in range(violet.width()) for y in range(0, violet.height(), 7)
    }
    assert palette.OTHER_READER in colours
    press(view, Key.Key_O, SHIFT)
    assert list(view.others) == []


def test_boxes_of_others_go_again_when_the_signature_is_withdrawn(desk: Desk, ward: Path, tmp_path: Path) -> None:
    workspace = desk.open(ward)
    _import(desk, _labels(tmp_path, "0,100,120,50,60,1"))
    view = workspace.window.image_view
    _sign(desk)
    press(view, Key.Key_O, SHIFT)
    assert [shown.kind for shown in view.others] == [Kind.OTHER]
    press(view, Key.Key_Period)
    assert workspace.session.review is None
    assert list(view.others) == []


def test_no_hand_takes_hold_of_another_readers_box_and_its_tip_says_whose_it_is(
    desk: Desk, ward: Path, tmp_path: Path
) -> None:
    workspace = desk.open(ward)
    _import(desk, _labels(tmp_path, "0,100,220,50,60,1"))
    view, session = workspace.window.image_view, workspace.session
    _sign(desk)
    press(view, Key.Key_O, SHIFT)
    findings, history = session.findings, len(session.steps)
    spot = QPoint(*(round(value) for value in view.transform.to_view(125, 250)))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=spot)
    for key in (Key.Key_Tab, Key.Key_Delete, Key.Key_X, Key.Key_Return, Key.Key_Left):
        press(view, key)
    assert (session.selected, session.findings, len(session.steps)) == ("", findings, history)
    [shown] = view.others
    assert view.words_of(shown.uid).startswith(f"{BEN}, another reader; it cannot be changed here")
    press(view, Key.Key_D)
    desk.wait_for_detections()
    assert list(view.others) == []


def test_what_is_left_out_stands_in_a_window_and_goes_into_a_file(desk: Desk, ward: Path, tmp_path: Path) -> None:
    workspace = desk.open(ward)
    file = _labels(tmp_path, "0,100,120,50,60,1", "nobody,1,1,5,5,1", "1,250,120,50,60,1")
    _import(desk, file)
    report = _dialog(workspace.window, ImportReportDialog)
    assert isinstance(report, ImportReportDialog)
    assert report.lines.toPlainText().splitlines() == [
        f"{file}, line 3: no image is called nobody",
        f"{file}, line 4: the box 250, 120 to 300, 180 leaves its image of 260 x 300 pixels",
    ]
    report.save(tmp_path / "report.txt")
    assert (tmp_path / "report.txt").read_text(encoding="utf-8").startswith("1 box added on 1 image; 2 left out.\n")
    report.save(tmp_path / "no" / "folder.txt")
    assert "cannot be written" in report.failure.text()


def test_importing_twice_does_not_double(desk: Desk, ward: Path, tmp_path: Path) -> None:
    workspace = desk.open(ward)
    file = _labels(tmp_path, "0,100,120,50,60,1")
    _import(desk, file)
    _import(desk, file)
    assert "0 boxes added on 1 image, 1 there already" in workspace.window.image_banner.text
    with Journal.open(desk.store) as journal:
        assert len(journal.current_findings(pixels.decode(ward / "0.dcm").key, BEN)) == 1
        assert journal.current_findings(pixels.decode(ward / "0.dcm").key, READER) == ()


def test_a_file_that_means_nothing_is_one_sentence(desk: Desk, ward: Path, tmp_path: Path) -> None:
    workspace = desk.open(ward)
    _import(desk, _labels(tmp_path, "0,ten,120,50,60,1"))
    assert "line 2" in workspace.window.image_banner.text


def test_ones_own_name_is_refused_before_anything_is_read(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    desk.trigger("import_boxes")
    dialog = _dialog(workspace.window, ImportDialog)
    assert isinstance(dialog, ImportDialog)
    assert not dialog.run.isEnabled()
    QTest.keyClicks(dialog.file, "labels.csv")
    QTest.keyClicks(dialog.reader, READER.upper())
    assert not dialog.run.isEnabled()
    assert "would become your own" in dialog.note.text()
    QTest.keyClicks(dialog.reader, " lovelace")
    assert dialog.run.isEnabled()
    dialog.reject()


def test_without_images_there_is_nothing_to_import_to(desk: Desk) -> None:
    workspace = desk.start(with_model=False)
    assert not workspace.window.named_actions["import_boxes"].isEnabled()
