"""Opening goes back to where the reader was, and to nowhere else."""

from pathlib import Path

import pytest

from cxr_viewer.ui.settings import RECENT, Settings
from tests.cxr_viewer.ui.desks import Desk
from tests.factories import dicom_file, radiograph


def test_zoom_and_place_in_the_image_come_back(desk: Desk, ward: Path) -> None:
    view = desk.open(ward).window.image_view
    view.restore(3.0, (120.0, 140.0))
    desk.close()
    again = desk.open(ward).window.image_view
    assert not again.is_fitted
    assert again.transform.zoom == pytest.approx(3.0)
    assert again.centre() == pytest.approx((120.0, 140.0), abs=0.5)


def test_another_folder_begins_with_its_first_image(desk: Desk, ward: Path, tmp_path: Path) -> None:
    workspace = desk.open(ward)
    desk.trigger("next_instance")
    desk.wait_for_detections()
    other = dicom_file(tmp_path / "other" / "x.dcm", radiograph(300, 260, seed=7))
    with desk.qtbot.waitSignal(workspace.settled, timeout=20_000):
        workspace.opening.open((other.parent,))
    assert workspace.flow.shown == other
    assert [entry.path for entry in workspace.worklist.entries] == [other]


def test_opened_folders_are_remembered_and_wrong_paths_are_not(desk: Desk, ward: Path, tmp_path: Path) -> None:
    desk.open(ward)
    assert desk.workspace
    with desk.qtbot.waitSignal(desk.workspace.settled, timeout=20_000):
        desk.workspace.opening.open((tmp_path / "nowhere",))
    settings: Settings = desk.workspace._supplies.settings
    assert settings.get(RECENT) == (str(ward),)


def test_moved_away_folder_is_not_gone_back_to(desk: Desk, ward: Path) -> None:
    desk.open(ward)
    desk.close()
    ward.rename(ward.parent / "moved")
    assert desk.start().opening.open_last() is False


def test_stopping_keeps_what_was_found(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    desk.wait_until_quiet()
    workspace.opening.stop()
    assert len(workspace.worklist.entries) == 3


def test_a_place_without_radiographs_is_not_offered_again(desk: Desk, ward: Path, tmp_path: Path) -> None:
    workspace = desk.open(ward)
    table = tmp_path / "a-folder-with-a-rather-long-name-that-needs-more-than-one-line" / "labels.csv"
    table.parent.mkdir()
    table.write_text("patientId,Target\n", encoding="utf-8")
    with desk.qtbot.waitSignal(workspace.settled, timeout=20_000):
        workspace.opening.open((table,))
    assert workspace._supplies.settings.get(RECENT) == (str(ward),)
    assert "1 other file was passed over" in workspace.window.start_page.sentence
