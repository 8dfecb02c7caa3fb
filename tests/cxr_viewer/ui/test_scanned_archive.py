"""An archive that was scanned with --store opens with its detections at once, and no network runs."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cxr_viewer.commands import archive_store
from cxr_viewer.commands.archive_store import ArchiveStore
from cxr_viewer.scan.archive import ScanListeners, ScanSettings, scan_archive
from cxr_viewer.scan.detection import Candidature, Detection
from cxr_viewer.scan.runner import LocalRunner
from cxr_viewer.ui.model_state import Stage
from tests.cxr_viewer.ui.desks import Desk
from tests.factories import THRESHOLDS, FakeDetector, dicom_file, radiograph


@pytest.mark.parametrize("is_ahead", [False, True])
def test_scanned_archive_opens_with_detections_and_runs_no_network(
    is_ahead: bool, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "archive"
    for number in range(3):
        dicom_file(archive / f"{number}.dcm", radiograph(seed=number))
    monkeypatch.setattr(archive_store, "default_cache_path", lambda: tmp_path / "cache.sqlite")
    scanner = FakeDetector()
    with ArchiveStore(tmp_path / "journal.sqlite") as store:

        def keep(read: Candidature) -> None:
            store.keep(read.scanned, read.candidates, scanner)

        (tmp_path / "out").mkdir()
        settings = ScanSettings((archive,), tmp_path / "out", THRESHOLDS)
        runner = LocalRunner(Detection(scanner, THRESHOLDS), workers=1)
        scan_archive(settings, runner, ScanListeners(lambda _: None, lambda _: None, keep))
    assert len(scanner.shapes) == 3

    viewer = FakeDetector()
    desk = Desk(tmp_path, qtbot, viewer, looks_ahead=is_ahead)
    workspace = desk.open(archive)
    assert desk.stage() is Stage.DONE
    assert len(workspace.window.image_view.boxes) == 2
    for _ in range(2):
        desk.trigger("next_instance")
        desk.wait_for_detections()
        assert desk.stage() is Stage.DONE
        assert len(workspace.window.image_view.boxes) == 2
    desk.wait_until_quiet()
    assert viewer.shapes == []
    desk.close()
