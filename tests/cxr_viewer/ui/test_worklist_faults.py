"""What is broken is named in its own row and takes nothing else away: complaints of others that must not be ours."""

import hashlib
from pathlib import Path

import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import MPEG4HP41
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cxr_viewer.store.records import Progress
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_model import ENTRY
from tests.cxr_viewer.ui.desks import Desk, press
from tests.factories import dicom_dataset, dicom_file, radiograph


def _entry(desk: Desk, path: Path) -> WorklistEntry:
    assert desk.workspace
    entry = desk.workspace.worklist.entry(path)
    assert entry
    return entry


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_a_row_that_cannot_be_read_names_what_is_wrong_with_it(desk: Desk, ward: Path) -> None:
    """Weasis issue 810: "cannot be read", and nobody knew why."""
    film = dicom_dataset(radiograph(300, 260))
    film.file_meta.TransferSyntaxUID = MPEG4HP41
    film.PixelData = encapsulate([film.PixelData])
    film.save_as(ward / "3.dcm", enforce_file_format=True)
    whole = (ward / "0.dcm").read_bytes()
    (ward / "4.dcm").write_bytes(whole[:-50_000])
    dicom_file(ward / "5.dcm", radiograph(300, 260), Rows=None)
    workspace = desk.open(ward)
    desk.wait_until_quiet()
    told = {path.name: _entry(desk, path).line for path in sorted(ward.iterdir())}
    assert str(MPEG4HP41) in told["3.dcm"], "the transfer syntax"
    assert "cut off" in told["4.dcm"]
    assert "Rows" in told["5.dcm"], "the element"
    assert {_entry(desk, ward / f"{number}.dcm").glyph for number in (3, 4, 5)} == {"✕"}
    listed = workspace.window.worklist.list
    QTest.mouseClick(
        listed.viewport(), Qt.MouseButton.LeftButton, pos=listed.visualRect(listed.index_of(ward / "3.dcm")).center()
    )
    assert str(MPEG4HP41) in workspace.window.image_banner.text
    assert workspace.flow.shown == ward / "0.dcm", "the image on the screen stays"
    assert listed.currentIndex().data(ENTRY).path == ward / "0.dcm"


def test_one_bad_folder_takes_nothing_from_the_others(desk: Desk, ward: Path) -> None:
    """Horos issues 857, 530 and 642: one damaged folder or index, and all studies were out of reach."""
    bad = ward / "bad"
    bad.mkdir()
    for number in range(30):
        (bad / f"{number}.dcm").write_bytes(b"\0" * 128 + b"DICM" + bytes([number]) * 500)
    workspace = desk.open(ward)
    desk.wait_until_quiet()
    readable = [entry.path.name for entry in workspace.worklist.entries if entry.is_readable]
    assert readable == ["0.dcm", "1.dcm", "2.dcm"]
    assert len(workspace.worklist.entries) == 33
    for name in ("1.dcm", "2.dcm"):
        press(workspace.window.image_view, Qt.Key.Key_D)
        desk.wait_for_detections()
        assert workspace.flow.shown == ward / name


@pytest.mark.parametrize("damage", [b"", b"no database at all", b"SQLite format 3\0" + b"\xa5" * 9000])
def test_a_damaged_index_is_made_anew_and_no_image_and_no_finding_is_touched(
    desk: Desk, ward: Path, damage: bytes
) -> None:
    before = _digests(ward)
    workspace = desk.open(ward)
    press(workspace.window.image_view, Qt.Key.Key_Return)
    press(workspace.window.image_view, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    press(workspace.window.image_view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait_for_detections()
    desk.wait_until_quiet()
    desk.close()
    for leftover in desk.folder.glob("cache.sqlite*"):
        leftover.unlink()
    (desk.folder / "cache.sqlite").write_bytes(damage)
    workspace = desk.open(ward)
    desk.wait_until_quiet()
    first = _entry(desk, ward / "0.dcm")
    assert (first.state.progress, first.line) == (Progress.SIGNED, "1 opacity")
    assert first.top_score is None, "what the model said is not known any more, and asked again when it is wanted"
    assert workspace.flow.shown == ward / "1.dcm"
    assert _digests(ward) == before
