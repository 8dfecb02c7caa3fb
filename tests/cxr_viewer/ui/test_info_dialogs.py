"""Windows that only tell."""

from dataclasses import replace

from PySide6.QtWidgets import QTextBrowser, QWidget
from pytestqt.qtbot import QtBot

from cxr_viewer import __version__
from cxr_viewer.ui import info_dialogs
from tests.cxr_viewer.ui.readings import model


def _text(dialog: QWidget) -> str:
    browser = dialog.findChild(QTextBrowser)
    assert isinstance(browser, QTextBrowser)
    return browser.toPlainText()


def test_about_says_what_the_program_is_not(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    text = _text(info_dialogs.about_dialog(parent))
    assert "not a medical device" in text
    assert __version__ in text


def test_model_card_falls_back_to_what_is_known(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    assert model().digest in _text(info_dialogs.model_card_dialog(parent, model()))
    assert "Measured on phantoms" in _text(
        info_dialogs.model_card_dialog(parent, replace(model(), card="# Card\n\nMeasured on phantoms"))
    )
