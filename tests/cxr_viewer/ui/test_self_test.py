"""The self-test: it tries what the program lives on, off the GUI thread, and its text names nobody."""

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cxr_viewer import __version__, resources
from cxr_viewer.dicom import pixels
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.dicom.pixel_header import DecodedInstance
from cxr_viewer.program.check import Outcome
from cxr_viewer.ui.computer_facts import facts_of
from cxr_viewer.ui.self_test import SelfTestPage
from cxr_viewer.ui.self_test_run import NAMES
from tests.cxr_viewer.ui.desks import READER, Desk
from tests.cxr_viewer.ui.driving import click_in_menu

WAIT_MS = 20_000


def _open_page(desk: Desk) -> SelfTestPage:
    assert desk.workspace is not None
    click_in_menu(desk.workspace.window, "Help", "self_test")
    page = desk.workspace.window.findChild(SelfTestPage)
    assert page is not None
    help_ = desk.workspace.help
    desk.qtbot.waitUntil(lambda: help_.run.has_run and not help_.run.is_running, timeout=WAIT_MS)
    return page


@pytest.mark.drives("self_test")
def test_the_page_tells_what_works_and_what_this_computer_is(desk: Desk, ward: Path) -> None:
    desk.open(ward)
    page = _open_page(desk)
    assert not page.isModal()
    text = page.as_text
    assert page.summary.text() == "Everything works."
    assert "✓ Decoders: All 19 kinds of files" in text
    assert "✓ Journal: Sound and can be written, schema 3" in text
    assert "✓ Model: " in text
    for words in (
        " s for a plain picture",
        desk.detector.device,
        __version__,
        "pydicom",
        "pixels, scale 1",
        "dark theme",
    ):
        assert words in text
        assert words in page.text.toPlainText()
    QTest.mouseClick(page.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == text


def test_nothing_is_tried_on_the_thread_of_the_window(desk: Desk, ward: Path) -> None:
    threads: set[str] = set()

    def decode(path: Path) -> DecodedInstance:
        threads.add(threading.current_thread().name)
        return pixels.decode(path)

    desk.decode = decode
    desk.start()
    threads.clear()
    _open_page(desk)
    assert threads
    assert threading.main_thread().name not in threads


def test_the_text_names_no_patient_no_reader_and_no_folder(tmp_path: Path, desk: Desk, ward: Path) -> None:
    poisoned = tmp_path / "DOE^JANE"
    poisoned.mkdir()
    (poisoned / "1.dcm").write_bytes((ward / "0.dcm").read_bytes())
    desk.folder = poisoned

    def decode(path: Path) -> DecodedInstance:
        if "self_test" in path.parts:
            raise DicomReadError(f"could not be decoded: {path} is broken")
        return pixels.decode(path)

    desk.decode = decode
    workspace = desk.open(poisoned)
    page = _open_page(desk)
    assert page.summary.text() == "Not everything works: decoders."
    for secret in (
        "DOE",
        "JANE",
        "Phantom",
        READER,
        "lovelace",
        str(tmp_path),
        str(resources.path("self_test")),
        str(Path.home()),
    ):
        assert secret not in page.as_text, secret
        assert secret not in page.text.toPlainText(), secret
    workspace.session.close_store()
    QTest.mouseClick(page.again, Qt.MouseButton.LeftButton)
    desk.qtbot.waitUntil(lambda: workspace.help.run.has_run and not workspace.help.run.is_running, timeout=WAIT_MS)
    assert "journal" in page.summary.text()
    assert "DOE" not in page.as_text


def test_without_a_model_the_rest_is_tried(desk: Desk) -> None:
    desk.start(with_model=False)
    page = _open_page(desk)
    assert page.summary.text() == "Everything works; no model is loaded."
    assert "– Model: No model is loaded; reading works without one" in page.as_text


def test_a_test_that_comes_before_the_model_waits_for_it(desk: Desk) -> None:
    workspace = desk.start(with_model=False)
    workspace.models.load(desk.folder / "bundle")
    workspace.help.run.run()
    assert workspace.help.run.checks[NAMES.index("Model")] is None
    desk.qtbot.waitUntil(lambda: workspace.help.run.has_run, timeout=WAIT_MS)
    model = workspace.help.run.checks[NAMES.index("Model")]
    assert model is not None
    assert model.outcome is Outcome.WORKS


def test_a_page_that_was_closed_is_told_nothing(desk: Desk, ward: Path, qapp: QApplication) -> None:
    workspace = desk.open(ward)
    workspace.help.show_self_test()
    page = workspace.window.findChild(SelfTestPage)
    assert page is not None
    page.close()
    desk.wait_until_quiet()
    workspace.help.run.changed.emit()
    assert workspace.window.isVisible()


def test_facts_name_no_host_and_no_folder(desk: Desk) -> None:
    import platform

    window = desk.start(with_model=False).window
    words = " ".join(words for _, words in facts_of(None, window))
    assert str(Path.home()) not in words
    assert not platform.node() or platform.node() not in words
    assert "no model loaded" in words
