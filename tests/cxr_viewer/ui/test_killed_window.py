"""The window is killed at random moments of a correction session; nothing is lost but the gesture in progress."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from cxr_viewer.core.findings import FindingState
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store.history import HistoryEntry
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.records import Place
from tests.cxr_viewer.ui.window_session import READER, snapshot, start
from tests.factories import dicom_file, radiograph

KILLS = 10
KILLS_ENDURED = 250
_LEAST_LINES = 4
_START_S = 60.0


class Sessions:
    """Starts readers at windows, each a process of its own that can be killed."""

    def __init__(self, folder: Path, store: Path) -> None:
        self._folder, self._store = folder, store
        self._errors = store.with_name("errors.txt").open("w+", encoding="utf-8")
        call = [sys.executable, "-m", "tests.cxr_viewer.ui.window_session", "--serve"]
        self._server = subprocess.Popen(
            call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True
        )

    def work_and_be_killed(self, seed: int, chance: random.Random) -> list[dict[str, Any]]:
        """Let a reader work for a random time, kill the program, and return what was acknowledged before."""
        pipe = self._store.with_name(f"acknowledged-{seed}")
        os.mkfifo(pipe)
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.write(f"{self._folder}\t{self._store}\t{seed}\t{pipe}\n")
        self._server.stdin.flush()
        process_id = int(self._server.stdout.readline())
        lines: list[str] = []

        def listen() -> None:
            with pipe.open(encoding="utf-8") as stream:
                lines.extend(stream)

        listener = threading.Thread(target=listen)
        listener.start()
        deadline = time.monotonic() + _START_S
        while len(lines) < _LEAST_LINES and time.monotonic() < deadline and listener.is_alive():
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.5))
        os.kill(process_id, signal.SIGKILL)
        listener.join()
        pipe.unlink()
        assert len(lines) >= _LEAST_LINES, self.errors()
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def errors(self) -> str:
        """Return what the sessions said on stderr."""
        self._errors.seek(0)
        return self._errors.read()

    def close(self) -> None:
        """End the process that starts the others."""
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.close()
        self._server.wait()
        self._server.stdout.close()
        self._errors.close()


def _check(store: Path, acknowledged: list[dict[str, Any]], known: dict[str, dict[str, Any]]) -> None:
    """Compare the journal with the last acknowledged state of every instance: one of them may be one gesture further.

    That is the gesture in progress; it may be on the image that was on its way when the last line was said.
    """
    for line in acknowledged[1:]:
        known[line["key"]] = line
    further = []
    with Journal.open(store) as journal:
        assert journal.integrity_check() == ()
        for key, line in known.items():
            now = _stored(journal, InstanceKey(key))
            if now == {name: line[name] for name in now}:
                continue
            if now != {name: line[name] for name in now} | {"signed": True}:
                _check_one_gesture(journal.history(InstanceKey(key), READER), line, now)
                further.append(key)
            # A signature leads to the next image at once, so it may stand without a line that says so.
            known[key] = line | now
    assert len(further) <= 1, "more than the gesture in progress"


def _stored(journal: Journal, key: InstanceKey) -> dict[str, Any]:
    """Return what the journal holds of an instance, as a line says it."""
    found, note = journal.current_findings(key, READER), journal.current_note(key, READER)
    return {
        "findings": snapshot(finding for finding in found if finding.state is not FindingState.REMOVED),
        "note": [note.comment, note.needs_second_read],
        "signed": journal.current_review(key, READER) is not None,
    }


def _check_one_gesture(history: tuple[HistoryEntry, ...], line: dict[str, Any], now: dict[str, Any]) -> None:
    """Check that the last gesture explains all that is different."""
    assert history, "findings were lost"
    changed = {change.uid for change in history[-1].changes}
    assert {uid: box for uid, box in now["findings"].items() if uid not in changed} == {
        uid: box for uid, box in line["findings"].items() if uid not in changed
    }
    assert history[-1].note or now["note"] == line["note"]


def _check_place(store: Path, place: Place, reopened: dict[str, Any]) -> None:
    """Check that a window came back to the image, zoom and chosen box that the journal held when the last one died."""
    if place.instance_key is None:
        return
    assert reopened["key"] == place.instance_key
    assert (reopened["zoom"] is None) == (place.zoom is None)
    if place.zoom is not None:
        assert reopened["zoom"] == pytest.approx(place.zoom)
        assert reopened["centre"] == pytest.approx(place.centre, abs=1.0)
    with Journal.open(store) as journal:
        existing = {finding.uid for finding in journal.current_findings(place.instance_key, READER)}
    if place.selected in existing:
        assert reopened["selected"] == place.selected


def _endure(tmp_path: Path, kills: int) -> None:
    folder, store = tmp_path / "ward", tmp_path / "journal.sqlite"
    for number in range(3):
        dicom_file(folder / f"{number}.dcm", radiograph(300, 260, seed=number), PatientName=f"Phantom^{number}")
    chance, known = random.Random(kills), dict[str, dict[str, Any]]()
    place = Place()
    with closing(Sessions(folder, store)) as sessions:
        for kill in range(kills):
            acknowledged = sessions.work_and_be_killed(kill, chance)
            _check_place(store, place, acknowledged[0]["reopened"])
            _check(store, acknowledged, known)
            with Journal.open(store) as journal:
                place = journal.place()
    _check_reopened(folder, store)


def _check_reopened(folder: Path, store: Path) -> None:
    """Open the window again: it is on the same image, with what the journal holds of it."""
    from PySide6.QtTest import QTest

    with Journal.open(store) as journal:
        place = journal.place()
    workspace = start(folder, store)
    for _ in range(400):
        if workspace.session.reading and workspace.flow.model_state.is_settled:
            break
        QTest.qWait(20)
    assert workspace.session.reading
    assert workspace.session.reading.key == place.instance_key
    with Journal.open(store) as journal:
        stored = journal.current_findings(workspace.session.reading.key, READER)
    assert set(workspace.session.findings) == {f for f in stored if f.state is not FindingState.REMOVED}
    workspace.window.close()


pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="sessions are forked and killed as POSIX does it")


@pytest.mark.timeout(300)
def test_killing_the_window_loses_nothing_but_the_gesture_in_progress(tmp_path: Path, qtbot: QtBot) -> None:
    _endure(tmp_path, KILLS)


@pytest.mark.endurance
@pytest.mark.timeout(7200)
def test_killing_the_window_many_times_loses_nothing_but_the_gesture_in_progress(tmp_path: Path, qtbot: QtBot) -> None:
    _endure(tmp_path, KILLS_ENDURED)
