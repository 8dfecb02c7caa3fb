"""Copies of the journal and caches from the menu."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from cxr_viewer.core.findings import FindingState
from cxr_viewer.store import backup, locations
from cxr_viewer.store.journal import Journal
from cxr_viewer.ui.workspace import Workspace
from tests.cxr_viewer.ui.desks import Desk
from tests.cxr_viewer.ui.driving import click_in_menu


def _file_dialog(workspace: Workspace) -> QFileDialog:
    [dialog] = [found for found in workspace.window.findChildren(QFileDialog) if found.isVisible()]
    return dialog


def _wait_for_words(desk: Desk, workspace: Workspace, words: str) -> str:
    def said() -> str:
        return workspace.window.image_banner.text or workspace.window.start_page.sentence

    desk.qtbot.waitUntil(lambda: words in said(), timeout=20_000)
    return said()


@pytest.mark.drives("back_up", "restore")
def test_a_copy_is_written_and_put_back_and_the_present_journal_is_kept(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    desk.trigger("accept")
    click_in_menu(workspace.window, "File", "back_up")
    dialog = _file_dialog(workspace)
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    copy = desk.folder / "copy.sqlite"
    dialog.fileSelected.emit(str(copy))
    dialog.reject()
    assert "Keep it safe" in _wait_for_words(desk, workspace, "copied to")
    desk.trigger("reject")
    desk.trigger("undo")
    desk.trigger("undo")
    assert desk.states() == []

    click_in_menu(workspace.window, "File", "restore")
    dialog = _file_dialog(workspace)
    dialog.fileSelected.emit(str(copy))
    dialog.reject()
    sentence = _wait_for_words(desk, workspace, "restored")
    desk.wait_for_detections()
    assert workspace.flow.shown == ward / "0.dcm", "what was open is open again"
    assert desk.states() == [FindingState.ACCEPTED]
    [kept] = desk.folder.glob("journal-before-*.sqlite")
    assert str(kept) in sentence
    desk.trigger("outcome_opacity")
    assert workspace.session.store_error == ""


def test_a_copy_that_cannot_be_restored_leaves_everything_as_it_was(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    desk.trigger("accept")
    (desk.folder / "notes.txt").write_text("notes")
    workspace.journal.restore(desk.folder / "notes.txt")
    _wait_for_words(desk, workspace, "damaged or is no review store")
    desk.wait_for_detections()
    assert desk.states() == [FindingState.ACCEPTED]
    assert not list(desk.folder.glob("journal-before-*"))


def test_a_copy_is_not_written_over_a_file(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    (desk.folder / "thesis.odt").write_text("mine")
    workspace.journal.back_up(desk.folder / "thesis.odt")
    _wait_for_words(desk, workspace, "exists already")
    assert (desk.folder / "thesis.odt").read_text() == "mine"


def test_without_anything_open_the_start_page_tells_what_was_restored(desk: Desk) -> None:
    workspace = desk.start(with_model=False)
    Journal.open(desk.folder / "other.sqlite").close()
    backup.back_up(desk.folder / "other.sqlite", desk.folder / "copy.sqlite")
    workspace.journal.restore(desk.folder / "copy.sqlite")
    _wait_for_words(desk, workspace, "The journal is restored.")
    assert workspace.session.store_error == ""


@pytest.mark.drives("clear_caches")
def test_caches_are_cleared_while_the_image_stays(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    desk.wait_until_quiet()
    assert workspace.session.reading
    cache = workspace.settings_page.cache
    assert cache is not None
    key, digest = workspace.session.reading.key, desk.detector.digest
    assert cache.get(key, digest) is not None
    locations.graphs_folder().mkdir(parents=True)
    click_in_menu(workspace.window, "File", "clear_caches")
    _wait_for_words(desk, workspace, "The caches are empty")
    assert cache.get(key, digest) is None
    assert not locations.graphs_folder().exists()
    assert len(workspace.session.detections) == 2
