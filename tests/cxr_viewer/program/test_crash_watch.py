"""Crashes of the real program leave a report that names code, and nobody; the next start offers it."""

import os
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cxr_viewer.program import aftermath, crash_folder, crash_trail
from cxr_viewer.program.crash_trail import CrashTrail
from cxr_viewer.store.journal import Journal
from tests.cxr_viewer.program.conftest import Start
from tests.cxr_viewer.program.windows import Window

POISON = (b"DOE", b"JANE", b"lovelace")


@pytest.fixture
def folder() -> Path:
    """Where the program of this test keeps its reports."""
    return crash_folder.default_folder()


def _open(start: Start, ward: Path, tmp_path: Path) -> Window:
    window = start(ward, "--store", tmp_path / "j.sqlite", "--bundle", tmp_path / "no-bundle", "--reader", "lovelace")
    window.wait_until(lambda state: state["shown"] == "0.dcm")
    return window


def _has_reports(folder: Path, count: int, _state: dict[str, Any]) -> bool:
    return len(crash_folder.reports(folder)) == count


def _has_place(store: Path) -> bool:
    with Journal.open(store) as journal:
        return journal.place().path is not None


def _check_clean(folder: Path) -> list[str]:
    """Check that nothing of a person is in any file of the folder; return the reports, newest first."""
    for path in folder.iterdir():
        content = path.read_bytes()
        assert not any(poison in content for poison in POISON), path.name
        assert os.name != "posix" or path.stat().st_mode & 0o077 == 0
    return [path.read_text(encoding="utf-8") for path in crash_folder.reports(folder)]


def test_errors_of_every_thread_are_reported_without_a_name(
    start: Start, ward: Path, tmp_path: Path, folder: Path
) -> None:
    window = _open(start, ward, tmp_path)
    for number, deed in enumerate(("fail", "fail_in_task", "fail_in_thread"), 1):
        window.do(deed)
        window.wait_until(partial(_has_reports, folder, number))
        window.do(deed)  # the same again is not reported again
    state = window.state()
    assert "Something went wrong inside the program" in state["notice"]
    assert state["shown"] == "0.dcm", "the program goes on"
    thread, task, slot = _check_clean(folder)
    assert "what: error in the window" in slot
    assert "ValueError: (message left out)\n" in slot
    assert "tests/cxr_viewer/program/watched_window.py:" in slot
    assert "what: error on a thread (files)" in task
    assert "KeyError: (message left out)" in task
    assert "cxr_viewer/ui/background.py" in task or "python/concurrent/futures/thread.py" in task
    assert "what: error on a thread (Thread" in thread
    window.do("press")
    window.do("quit")
    assert window.end() == 0
    assert not any(poison in window.errors.encode() for poison in POISON), "nor does the desktop's log get a name"
    assert len(crash_folder.reports(folder)) == 3
    assert list(folder.glob(f"*{crash_trail.SUFFIX}")) == [], "a window that was closed leaves no trail"


def test_a_death_by_signal_is_reported_by_the_next_start_and_two_quick_ones_open_nothing(
    start: Start, ward: Path, tmp_path: Path, folder: Path
) -> None:
    window = _open(start, ward, tmp_path)
    window.do("press")
    window.wait_until(lambda _: _has_place(tmp_path / "j.sqlite"))
    window.do("die")
    assert window.end() != 0
    assert crash_folder.reports(folder) == ()
    # the next start says so, and is where the reader was
    again = start("--store", tmp_path / "j.sqlite", "--bundle", tmp_path / "no-bundle", "--reader", "lovelace")
    state = again.wait_until(lambda state: state["shown"] == "0.dcm")
    assert "ended by a fault last time" in state["notice"]
    [report] = _check_clean(folder)
    assert "what: the program died (Segmentation fault)" in report
    assert "last actions: tool_box" in report
    assert "thread that failed:\n" in report
    assert "  tests/cxr_viewer/program/watched_window.py:" in report
    again.do("die")
    again.end()
    # the third one opens nothing by itself, but offers it
    third = start("--store", tmp_path / "j.sqlite", "--bundle", tmp_path / "no-bundle", "--reader", "lovelace")
    third.wait_for("ready")
    state = third.state()
    assert "twice within a minute" in state["notice"]
    assert (state["shown"], state["rows"]) == ("", [])
    third.do("back")
    third.wait_until(lambda state: state["shown"] == "0.dcm" and not state["notice"])
    third.do("quit")
    assert third.end() == 0
    assert len(_check_clean(folder)) == 2
    assert aftermath.collect(folder) == aftermath.Aftermath(), "a window that was closed in order ends the alarm"


def _dead_trail(folder: Path, *more: str, lived: float = 10.0) -> Path:
    """Write what a process leaves that is gone."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{len(list(folder.iterdir()))}-00{crash_trail.SUFFIX}"
    began = path.parent.stat().st_mtime - lived
    lines = [f"{crash_trail.STARTED}{began:.1f}", f"{crash_trail.FACTS}CXR Viewer 9", *more]
    path.write_text("\n".join(lines), encoding="utf-8")
    path.touch()
    return path


def test_being_killed_from_outside_is_no_crash(tmp_path: Path) -> None:
    trail = _dead_trail(tmp_path, "action accept")
    assert aftermath.collect(tmp_path) == aftermath.Aftermath()
    assert not trail.exists()
    assert crash_folder.reports(tmp_path) == ()


def test_the_trail_of_a_running_program_is_left_alone(tmp_path: Path) -> None:
    trail = CrashTrail(tmp_path, "facts")
    try:
        assert aftermath.collect(tmp_path) == aftermath.Aftermath()
        assert trail.path.exists()
    finally:
        trail.close()
    assert list(tmp_path.iterdir()) == []


def test_a_late_death_ends_a_row_of_quick_ones(tmp_path: Path) -> None:
    fatal = "Fatal Python error: Segmentation fault"
    for lived, expected in ((5, False), (4000, False), (5, False), (5, True)):
        _dead_trail(tmp_path, fatal, lived=lived)
        assert aftermath.collect(tmp_path) == aftermath.Aftermath(True, expected)


def test_a_trail_with_names_in_it_makes_a_report_without(tmp_path: Path) -> None:
    """Whatever a library wrote into the file: only frames and known words come through."""
    _dead_trail(
        tmp_path,
        "action accept",
        "action DOE^JANE",
        "Fatal Python error: Aborted",
        "Qt: cannot open /data/DOE^JANE/1.dcm",
        "Current thread 0x00007f12 (most recent call first):",
        '  File "/home/lovelace/DOE^JANE/lib/python3.13/site-packages/pebble/pool.py", line 7 in run',
        '  File "/home/lovelace/script.py", line 7 in run',
        "Extension modules: DOE",
    )
    assert aftermath.collect(tmp_path).has_died
    [report] = _check_clean(tmp_path)
    assert "last actions: accept\n" in report
    assert report.endswith("thread that failed:\n  pebble/pool.py:7 in run\n  elsewhere\n")


def test_ten_reports_are_kept_and_no_more(tmp_path: Path) -> None:
    paths = [crash_folder.keep(tmp_path, str(number)) for number in range(9)]
    paths += [crash_folder.keep(tmp_path, str(number), when=_later(number)) for number in range(9)]
    kept = crash_folder.reports(tmp_path)
    assert len(kept) == crash_folder.MOST
    assert kept[:9] == tuple(reversed(paths[9:]))
    crash_folder.delete_all(tmp_path)
    assert crash_folder.reports(tmp_path) == ()


def _later(minutes: int) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=1 + minutes)


def test_a_folder_that_cannot_be_written_costs_the_report_only(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("in the way", encoding="utf-8")
    assert crash_folder.keep(tmp_path / "log", "text") is None
    assert crash_folder.reports(tmp_path / "log") == ()
    assert aftermath.collect(tmp_path / "log") == aftermath.Aftermath()


def test_a_long_day_keeps_a_short_trail(tmp_path: Path) -> None:
    trail = CrashTrail(tmp_path, "facts")
    for number in range(3000):
        trail.note_action(f"action_{number}")
    assert trail.path.stat().st_size < 40_000
    lines = trail.path.read_text(encoding="ascii").splitlines()
    assert lines[0].startswith(crash_trail.STARTED)
    assert lines[-1] == "action action_2999"
    trail.close()
