"""After a fault: a banner, the report word for word, and no word of it once it is deleted."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from cxr_viewer.program import crash_folder
from cxr_viewer.program.aftermath import Aftermath
from cxr_viewer.program.crash_watch import CrashWatch
from cxr_viewer.program.start import Start
from cxr_viewer.ui import after_start
from cxr_viewer.ui.crash_notice import DIED, DIES_AT_ONCE, FAILED
from cxr_viewer.ui.crash_page import CrashPage
from cxr_viewer.ui.workspace import Workspace
from tests.cxr_viewer.ui.desks import Desk
from tests.cxr_viewer.ui.driving import click_in_menu


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[CrashWatch]:
    """A watch over this process, ended with the test."""
    made = CrashWatch(tmp_path / "log")
    yield made
    made.close()


def _shown(desk: Desk) -> Workspace:
    assert desk.workspace is not None
    return desk.workspace


def _press(banner: QWidget, text: str) -> None:
    button = next(button for button in banner.findChildren(QPushButton) if button.text() == text)
    assert button.toolTip()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.drives("crash_report")
def test_the_report_of_a_death_is_offered_shown_copied_and_deleted(desk: Desk, watch: CrashWatch) -> None:
    crash_folder.keep(watch.folder, "what: the program died")
    window = desk.start(with_model=False).window
    after_start.attach(_shown(desk), Start(watch=watch, found=Aftermath(has_died=True)))
    assert window.notice_banner.text == DIED
    assert window.notice_banner.accessibleName() == DIED
    _press(window.notice_banner, "Copy")
    assert QGuiApplication.clipboard().text() == "what: the program died"
    click_in_menu(window, "Help", "crash_report")
    page = window.findChild(CrashPage)
    assert page is not None
    assert page.text.toPlainText() == "what: the program died"
    assert not page.isModal()
    QTest.mouseClick(page.delete_reports, Qt.MouseButton.LeftButton)
    assert crash_folder.reports(watch.folder) == ()
    assert window.notice_banner.isHidden()
    assert not window.named_actions["crash_report"].isEnabled()


def test_a_notice_that_is_put_away_makes_room_for_the_next_and_keeps_the_report(desk: Desk, watch: CrashWatch) -> None:
    crash_folder.keep(watch.folder, "what: the program died")
    window = desk.start(with_model=False).window
    start = Start(watch=watch, found=Aftermath(has_died=True), sentence="Another window is running.")
    after_start.attach(_shown(desk), start)
    _press(window.notice_banner, "Put away")
    assert window.notice_banner.text == "Another window is running."
    _press(window.notice_banner, "Put away")
    assert window.notice_banner.isHidden()
    assert len(crash_folder.reports(watch.folder)) == 1
    assert window.named_actions["crash_report"].isEnabled()


def test_after_two_quick_deaths_what_was_open_is_offered(desk: Desk, ward: Path, watch: CrashWatch) -> None:
    desk.open(ward, with_model=False)
    desk.close()
    workspace = desk.start(with_model=False)
    after_start.attach(workspace, Start(watch=watch, found=Aftermath(has_died=True, dies_at_once=True)))
    assert workspace.window.notice_banner.text == DIES_AT_ONCE
    _press(workspace.window.notice_banner, "Open ward")
    desk.qtbot.waitUntil(lambda: workspace.session.reading is not None)
    assert workspace.window.notice_banner.isHidden()


def test_an_error_of_a_task_is_said_once_and_reported_with_the_last_actions(
    desk: Desk, ward: Path, watch: CrashWatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = desk.open(ward, with_model=False)
    after_start.attach(workspace, Start(watch=watch))
    desk.trigger("invert")
    workspace.files.submit(lambda: 1 // 0)
    desk.qtbot.waitUntil(lambda: workspace.window.notice_banner.text == FAILED)
    [report] = crash_folder.reports(watch.folder)
    assert "last actions: invert\n" in report.read_text(encoding="utf-8")
    assert "ZeroDivisionError: integer division or modulo by zero" in report.read_text(encoding="utf-8")
    workspace.files.submit(lambda: Path("/nowhere/DOE").read_text(encoding="utf-8"))
    desk.wait_until_quiet()
    assert len(crash_folder.reports(watch.folder)) == 1, "a file that is not there is no fault of the program"
    assert "DOE" not in capsys.readouterr().err
