"""The picture is taken when nothing more comes by itself."""

from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cxr_viewer.ui import screenshot
from cxr_viewer.ui.screenshot import Screenshot


def test_picture_waits_until_it_is_quiet(qtbot: QtBot, tmp_path: Path) -> None:
    label, codes, quiet = QLabel("seen"), list[int](), [False]
    qtbot.addWidget(label)
    owner = QObject()
    taken = Screenshot(label, tmp_path / "deep" / "a.png", lambda: quiet[0], codes.append, owner)
    taken.begin()
    qtbot.wait(250)
    assert codes == []
    quiet[0] = True
    qtbot.waitUntil(lambda: codes == [0])
    assert (tmp_path / "deep" / "a.png").stat().st_size > 0


def test_it_gives_up_in_the_end(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screenshot, "LONGEST_WAIT_MS", 50)
    label, codes = QLabel("seen"), list[int]()
    qtbot.addWidget(label)
    owner = QObject()
    Screenshot(label, tmp_path / "a.png", lambda: False, codes.append, owner)
    qtbot.waitUntil(lambda: codes == [1])
    assert not (tmp_path / "a.png").exists()
