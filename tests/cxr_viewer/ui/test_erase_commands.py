"""Erasing the patient on the screen: asked once, found everywhere, gone to the last byte."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from cxr_viewer.store.candidate_cache import CandidateCache
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.private_file import database_files
from cxr_viewer.ui import settings as rows
from cxr_viewer.ui.erase_dialog import EraseDialog
from cxr_viewer.ui.workspace import Workspace
from tests.cxr_viewer.ui.desks import READER, Desk, press
from tests.cxr_viewer.ui.driving import click_in_menu
from tests.factories import dicom_file, radiograph


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Two images of Jane Doe in a folder of her name, one of Richard Roe beside it."""
    folder = tmp_path / "archive"
    for number in range(2):
        dicom_file(
            folder / "Doe^Jane" / f"{number}.dcm",
            radiograph(300, 260, seed=number),
            PatientName="Doe^Jane",
            PatientID="4711",
            InstanceNumber=number,
        )
    dicom_file(folder / "roe.dcm", radiograph(300, 260, seed=9), PatientName="Roe^Richard", PatientID="4712")
    return folder


def _dialog(workspace: Workspace) -> EraseDialog:
    dialog = workspace.window.findChild(EraseDialog)
    assert dialog is not None
    return dialog


def _accept_all(desk: Desk, workspace: Workspace) -> None:
    for _ in workspace.worklist.entries:
        desk.trigger("accept")
        desk.trigger("next_instance")
        desk.wait_for_detections()


def _content(desk: Desk) -> bytes:
    files = [*database_files(desk.store), *database_files(desk.folder / "cache.sqlite"), desk.folder / "settings.ini"]
    return b"".join(file.read_bytes() for file in files if file.exists())


@pytest.mark.drives("erase_patient")
def test_the_patient_on_the_screen_is_gone_from_every_byte_and_the_other_one_stays(desk: Desk, archive: Path) -> None:
    workspace = desk.open(archive)
    desk.wait_until_quiet()
    _accept_all(desk, workspace)
    workspace.flow.open(archive / "Doe^Jane" / "0.dcm")
    desk.wait_for_detections()
    keys = {entry.key for entry in workspace.worklist.entries if entry.title == "Doe, Jane"}
    [roe] = [entry.key for entry in workspace.worklist.entries if entry.title == "Roe, Richard"]
    click_in_menu(workspace.window, "File", "erase_patient")
    dialog = _dialog(workspace)
    assert not dialog.erase.isEnabled()
    QTest.keyClicks(dialog.field, "Erase")
    dialog.erase.setFocus()
    press(dialog.erase, Qt.Key.Key_Space)
    desk.qtbot.waitUntil(lambda: "Erased: 2 instances" in workspace.window.start_page.sentence, timeout=20_000)
    assert not workspace.worklist.entries
    desk.close()
    content = _content(desk)
    for secret in (*keys, "Doe^Jane"):
        assert str(secret).encode() not in content
    assert roe is not None
    with Journal.open(desk.store) as journal:
        assert len(journal.current_findings(roe, READER)) == 1
        assert [(found.reader, found.instances) for found in journal.erasures()] == [(READER, 2)]
    with CandidateCache(desk.folder / "cache.sqlite") as cache:
        assert cache.get(roe, desk.detector.digest) is not None
    assert (archive / "Doe^Jane" / "0.dcm").is_file(), "image files are not touched"


def test_nothing_happens_until_the_word_is_typed(desk: Desk, archive: Path) -> None:
    workspace = desk.open(archive)
    desk.trigger("accept")
    desk.trigger("erase_patient")
    dialog = _dialog(workspace)
    desk.qtbot.waitUntil(dialog.isActiveWindow)
    for typed in ("", "yes", "erased"):
        dialog.field.setText(typed)
        press(dialog.field, Qt.Key.Key_Return)
        assert dialog.isVisible()
        assert not dialog.erase.isEnabled()
    press(dialog, Qt.Key.Key_Escape)
    assert len(desk.states()) == 1
    assert workspace.session.journal is not None
    assert workspace.session.journal.erasures() == ()


def test_the_question_names_whom_and_how_much(desk: Desk, archive: Path) -> None:
    workspace = desk.open(archive)
    workspace.flow.open(archive / "Doe^Jane" / "1.dcm")
    desk.wait_for_detections()
    desk.wait_until_quiet()
    desk.trigger("erase_patient")
    dialog = _dialog(workspace)
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    for expected in ("Erase Doe, Jane?", "2 images", "cannot be undone", "copies of the journal made earlier"):
        assert expected in words


def test_a_folder_that_holds_nobody_else_is_forgotten_in_recent_folders(desk: Desk, archive: Path) -> None:
    workspace = desk.open(archive / "Doe^Jane")
    desk.trigger("accept")
    assert desk.supplies().settings.get(rows.RECENT) == (str(archive / "Doe^Jane"),)
    desk.trigger("erase_patient")
    dialog = _dialog(workspace)
    dialog.field.setText("erase")
    dialog.erase.click()
    desk.qtbot.waitUntil(lambda: "Erased" in workspace.window.start_page.sentence, timeout=20_000)
    settings = desk.supplies().settings
    assert (settings.get(rows.RECENT), settings.get(rows.LAST_FOLDER)) == ((), "")


def test_without_an_image_there_is_nobody_to_erase(desk: Desk) -> None:
    workspace = desk.start(with_model=False)
    assert not workspace.window.named_actions["erase_patient"].isEnabled()


def test_a_patient_that_nobody_judged_is_known_by_the_image_alone(desk: Desk, archive: Path) -> None:
    workspace = desk.open(archive / "roe.dcm")
    desk.trigger("erase_patient")
    dialog = _dialog(workspace)
    dialog.field.setText("erase")
    dialog.erase.click()
    desk.qtbot.waitUntil(lambda: "Erased: 1 instance " in workspace.window.start_page.sentence, timeout=20_000)
