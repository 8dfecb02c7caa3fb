"""Progress is a bar on a terminal and a few plain lines elsewhere."""

import io
import sys

import pytest

from cxr_viewer.commands.progress import BarProgress, LineProgress, shown_progress


class _Clock:
    """A clock that goes on by a quarter of a minute between two looks at the work."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_lines_say_how_far_it_is_how_quickly_it_goes_and_how_long_it_will_take(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = _Clock()
    with LineProgress("files", seconds=10, clock=clock) as progress:
        progress.found(6)
        for is_failure in (False, True, False, False, False, False):
            clock.now += 15
            progress.done(is_failure)
    assert capsys.readouterr().err.splitlines() == [
        "6 files found",
        "1 of 6 files, 0.07 files/s, 1 min left",
        "2 of 6 files, 1 failed, 0.07 files/s, 1 min left",
        "3 of 6 files, 1 failed, 0.07 files/s, 45 s left",
        "4 of 6 files, 1 failed, 0.07 files/s, 30 s left",
        "5 of 6 files, 1 failed, 0.07 files/s, 15 s left",
        "6 of 6 files, 1 failed, 0.07 files/s",
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


def test_bar_says_how_quickly_it_moves_and_how_long_it_will_take(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    clock = _Clock()
    with BarProgress("files", clock) as progress:
        progress.found(100)
        clock.now += 2
        progress.done(False)
    assert "0.5 files/s, 3 min left" in terminal.getvalue()


def test_pipe_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert isinstance(shown_progress(), LineProgress)
