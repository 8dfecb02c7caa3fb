"""This computer: engine, versions, the time of one image; nothing of a patient."""

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from cxr_viewer import __version__
from cxr_viewer.ui import self_test
from cxr_viewer.ui.self_test import ComputerPage
from tests.cxr_viewer.ui.desks import Desk
from tests.cxr_viewer.ui.driving import click_in_menu


@pytest.mark.drives("self_test")
def test_the_page_names_engine_versions_and_the_time_of_one_image(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    click_in_menu(workspace.window, "Help", "self_test")
    page = workspace.window.findChild(ComputerPage)
    assert page is not None
    assert not page.isModal()
    desk.qtbot.waitUntil(lambda: " s (a plain picture" in page.as_text, timeout=20_000)
    for words in (__version__, desk.detector.device, desk.detector.digest, "pydicom", "can be written"):
        assert words in page.as_text
        assert words in page.text.toPlainText()
    for secret in ("Phantom", "P0", str(ward)):
        assert secret not in page.as_text
    page.copy.click()
    assert QGuiApplication.clipboard().text() == page.as_text


def test_without_a_model_the_page_says_so() -> None:
    lines = dict(self_test.lines_of(None, "can be written", "no model to measure"))
    assert lines["Engine"] == "no model loaded"
    assert lines["openvino"]


def test_a_page_that_was_closed_is_told_nothing(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    workspace.self_test.show_page()
    page = workspace.window.findChild(ComputerPage)
    assert page is not None
    page.close()
    desk.wait_until_quiet()
    assert workspace.window.isVisible()
