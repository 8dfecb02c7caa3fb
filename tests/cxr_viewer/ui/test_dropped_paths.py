"""Things dropped on the window, by real drop events: opened, loaded, or refused with a sentence."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from cxr_viewer.ui import dropped_paths
from cxr_viewer.ui.workspace import Workspace
from tests.cxr_viewer.ui.desks import Desk

ACTION = Qt.DropAction.CopyAction
LEFT = Qt.MouseButton.LeftButton
NO_KEY = Qt.KeyboardModifier.NoModifier


def _drop(target: QWidget, *paths: Path, text: str = "") -> bool:
    """Drag files over a widget and let go; returns whether they were taken."""
    content = QMimeData()
    if paths:
        content.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    if text:
        content.setUrls([QUrl(text)])
    entered = QDragEnterEvent(QPoint(20, 20), ACTION, content, LEFT, NO_KEY)
    QApplication.sendEvent(target, entered)
    if not entered.isAccepted():
        return False
    dropped = QDropEvent(QPointF(20, 20), ACTION, content, LEFT, NO_KEY)
    QApplication.sendEvent(target, dropped)
    return dropped.isAccepted()


def _wait_for_rows(desk: Desk, workspace: Workspace, count: int) -> None:
    desk.qtbot.waitUntil(
        lambda: len(workspace.worklist.entries) == count and not workspace.indexer.is_running, timeout=20_000
    )


def test_a_dropped_folder_is_opened(desk: Desk, ward: Path) -> None:
    workspace = desk.start()
    assert _drop(workspace.window, ward)
    _wait_for_rows(desk, workspace, 3)
    desk.wait_for_detections()
    assert workspace.flow.shown == ward / "0.dcm"


def test_several_files_are_opened_also_on_the_image(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    assert _drop(workspace.window, ward / "1.dcm", ward / "2.dcm")
    _wait_for_rows(desk, workspace, 2)


def test_a_dropped_bundle_is_loaded_and_the_image_stays(
    desk: Desk, ward: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = desk.open(ward)
    bundle = desk.folder / "my-bundle"
    bundle.mkdir()
    (bundle / "bundle.json").write_text("{}")
    loaded = list[Path]()
    monkeypatch.setattr(workspace.models, "load", loaded.append)
    assert _drop(workspace.window, bundle)
    assert loaded == [bundle]
    assert workspace.flow.shown == ward / "0.dcm"


def test_a_packed_file_is_refused_with_what_to_do(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    (desk.folder / "ward.ZIP").write_bytes(b"PK")
    assert _drop(workspace.window, desk.folder / "ward.ZIP")
    assert workspace.window.image_banner.text == "ward.ZIP is packed: unpack it first, then drop the folder."
    assert len(workspace.worklist.entries) == 3


def test_on_the_start_page_the_refusal_stands_there(desk: Desk) -> None:
    workspace = desk.start(with_model=False)
    (desk.folder / "disc.iso").touch()
    assert _drop(workspace.window, desk.folder / "disc.iso")
    assert "unpack it first" in workspace.window.start_page.sentence


def test_an_address_on_the_network_is_not_taken(desk: Desk) -> None:
    assert not _drop(desk.start(with_model=False).window, text="https://example.org/study.dcm")


def test_a_folder_is_a_folder_whatever_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "cases.zip").mkdir()
    assert dropped_paths.judge((tmp_path / "cases.zip",)).opened == (tmp_path / "cases.zip",)


def test_what_can_be_opened_is_opened_beside_what_cannot(tmp_path: Path) -> None:
    dropped = dropped_paths.judge((tmp_path / "a.dcm", tmp_path / "b.tar"))
    assert dropped.opened == (tmp_path / "a.dcm",)
    assert dropped.sentence.startswith("b.tar is packed")


def test_a_bundle_among_others_is_named(tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "bundle.json").touch()
    dropped = dropped_paths.judge((tmp_path / "bundle", tmp_path / "a.dcm"))
    assert (dropped.bundle, dropped.opened) == (None, ())
    assert "drop it alone" in dropped.sentence
