"""The first start: a card on the start page, once; again from the menu; and where data live."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from cxr_viewer.program.start import Start
from cxr_viewer.ui import after_start
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.self_test import SelfTestPage
from cxr_viewer.ui.setting_row import SettingRow
from cxr_viewer.ui.settings_dialog import SettingsDialog
from cxr_viewer.ui.welcome_card import WelcomeCard, WelcomeDialog
from tests.cxr_viewer.ui.desks import READER, Desk
from tests.cxr_viewer.ui.driving import click_in_menu

WAIT_MS = 20_000


def _cards(window: MainWindow) -> list[WelcomeCard]:
    QApplication.processEvents()  # a widget that a layout takes is shown with the next events
    return [card for card in window.findChildren(WelcomeCard) if card.isVisible()]


def _click_link(label: QLabel) -> None:
    """Click the last words of a sentence, which are its link."""
    document_right = label.width()
    for y in range(label.height() - 6, 0, -4):
        for x in range(6, document_right, 8):
            QTest.mouseMove(label, QPoint(x, y))
            if label.cursor().shape() is Qt.CursorShape.PointingHandCursor:
                QTest.mouseClick(label, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
                return
    raise AssertionError(f"there is no link in “{label.text()}”")


def test_the_first_start_welcomes_and_tries_itself(desk: Desk) -> None:
    workspace = desk.start()
    after_start.attach(workspace, Start())
    [card] = _cards(workspace.window)
    assert "Research use only" in card.notice.text()
    assert "Not a medical device" in card.notice.text()
    assert f"You read as <b>{READER}</b>" in card.reader.text()
    assert "nobody checks" in card.reader.text()
    desk.qtbot.waitUntil(lambda: "Everything works" in card.check.text(), timeout=WAIT_MS)
    assert workspace.window.start_page.isVisible()
    assert workspace.window.findChild(SelfTestPage) is None, "it was tried quietly"
    _click_link(card.check)
    assert workspace.window.findChild(SelfTestPage) is not None
    _click_link(card.reader)
    assert workspace.window.findChild(SettingsDialog) is not None


def test_the_second_start_does_not(desk: Desk) -> None:
    after_start.attach(desk.start(), Start())
    desk.close()
    workspace = desk.start()
    after_start.attach(workspace, Start())
    assert _cards(workspace.window) == []


def test_a_first_start_on_a_file_keeps_the_welcome_for_the_empty_window(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    after_start.attach(workspace, Start())
    assert _cards(workspace.window) == []
    desk.close()
    (ward.parent / "journal.sqlite").unlink()
    workspace = desk.start()
    after_start.attach(workspace, Start())
    assert len(_cards(workspace.window)) == 1


def test_the_card_goes_when_something_is_opened(desk: Desk, ward: Path) -> None:
    workspace = desk.start()
    after_start.attach(workspace, Start())
    desk.wait_until_quiet()
    workspace.opening.open((ward,))
    desk.qtbot.waitUntil(lambda: workspace.window.is_image_page, timeout=WAIT_MS)
    workspace.window.show_start_page()
    assert _cards(workspace.window) == []


@pytest.mark.parametrize("size", [(1600, 1000), (1000, 640), (900, 560)])
def test_nothing_of_the_page_is_cut_off(desk: Desk, size: tuple[int, int]) -> None:
    workspace = desk.start()
    workspace.window.resize(*size)
    after_start.attach(workspace, Start())
    desk.wait_until_quiet()
    page = workspace.window.start_page
    assert page.sizeHint().height() <= page.height()
    [card] = _cards(workspace.window)
    for line in (card.notice, card.reader, card.check):
        assert line.height() >= line.heightForWidth(line.width())


@pytest.mark.drives("welcome")
def test_the_menu_shows_it_again_and_it_follows_the_reader(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    click_in_menu(workspace.window, "Help", "welcome")
    dialog = workspace.window.findChild(WelcomeDialog)
    assert dialog is not None
    assert not dialog.isModal()
    [card] = _cards(workspace.window)
    desk.qtbot.waitUntil(lambda: "Everything works" in card.check.text(), timeout=WAIT_MS)
    click_in_menu(workspace.window, "Help", "welcome")
    assert len(_cards(workspace.window)) == 1
    assert workspace.window.is_image_page
    demo, folder = dialog.offers
    assert not demo.isEnabled(), "this desk has no demo"
    QTest.mouseClick(folder, Qt.MouseButton.LeftButton)
    assert workspace.window.findChild(QFileDialog) is not None


@pytest.mark.drives("data_places")
def test_the_menu_shows_where_data_live(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    click_in_menu(workspace.window, "Help", "data_places")
    page = workspace.window.findChild(SettingsDialog)
    assert page is not None
    last = page.rows()[-1]
    assert last.name == "Crash reports"
    desk.qtbot.waitUntil(lambda: _is_in_sight(last, page), timeout=WAIT_MS)
    assert [row.name for row in page.rows()[-5:]] == [
        "Journal",
        "Cache",
        "Compiled networks",
        "Settings",
        "Crash reports",
    ]


def _is_in_sight(row: SettingRow, page: SettingsDialog) -> bool:
    return bool(page.rect().contains(row.mapTo(page, QPoint(5, row.height() - 1))))
