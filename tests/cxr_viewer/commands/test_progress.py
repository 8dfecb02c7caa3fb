"""Progress is a bar on a terminal and a few plain lines elsewhere."""

import io
import sys

import pytest

from cxr_viewer.commands.progress import BarProgress, LineProgress, shown_progress


def test_lines_say_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with LineProgress("files", seconds=0) as progress:
        progress.found(3)
        for is_failure in (False, True, False):
            progress.done(is_failure)
    assert capsys.readouterr().err.splitlines() == [
        "3 files found",
        "1 of 3 files",
        "2 of 3 files, 1 failed",
        "3 of 3 files, 1 failed",
    ]


def test_lines_are_few(capsys: pytest.CaptureFixture[str]) -> None:
    with LineProgress("files", seconds=1000) as progress:
        progress.found(500)
        for _ in range(500):
            progress.done(False)
    assert capsys.readouterr().err == "500 files found\n"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    progress = shown_progress()
    assert isinstance(progress, BarProgress)
    with progress:
        progress.found(2)
        progress.done(True)
        progress.done(False)
    assert "2/2" in terminal.getvalue()
    assert "1 failed" in terminal.getvalue()


def test_pipe_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert isinstance(shown_progress(), LineProgress)
