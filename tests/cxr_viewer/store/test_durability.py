"""Kills correction sessions and tears the log: what was acknowledged is there, and the journal opens clean."""

import json
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cxr_viewer.core.findings import Finding, FindingUid, ReadingNote
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.private_file import database_files
from tests.cxr_viewer.store.correction_session import KEYS, READER, Session, snapshot

CHECKOUT = Path(__file__).resolve().parents[3]


def work_and_be_killed(store: Path, seed: int) -> list[dict[str, Any]]:
    """Run a session in a child process, kill it at a random moment, return what it had acknowledged."""
    moment = random.Random(seed)
    gestures, pause_s = moment.randrange(0, 60), moment.uniform(0, 0.004)
    if gestures == 0:
        pause_s = moment.uniform(0, 0.6)  # while it starts, also while it creates the file
    arguments = [sys.executable, "-m", "tests.cxr_viewer.store.correction_session", str(store), str(seed)]
    with subprocess.Popen(arguments, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as session:
        assert session.stdout is not None
        assert session.stderr is not None
        lines = [session.stdout.readline() for _ in range(gestures)]
        time.sleep(pause_s)
        session.kill()  # SIGKILL
        lines += session.stdout.read().splitlines(keepends=True)
        assert session.stderr.read() == b""
    return [json.loads(line) for line in lines if line.endswith(b"\n")]  # a torn line is no acknowledgement


def states_after_each_gesture(journal: Journal) -> dict[int, dict[str, Any]]:
    """Return what the journal says that findings and review were after each gesture."""
    states: dict[int, dict[str, Any]] = {}
    for key in KEYS:
        found: dict[FindingUid, Finding] = {}
        outcome: str | None = None
        note = ReadingNote()
        for entry in journal.history(key, READER):
            for change in entry.changes:
                assert found.get(change.uid) == change.before
                found = {uid: finding for uid, finding in found.items() if uid != change.uid or change.after}
                if change.after is not None:
                    found[change.uid] = change.after
            outcome = None if entry.withdraws_review else outcome
            outcome = str(entry.review.outcome) if entry.review else outcome
            if entry.note:
                assert entry.note.before == note
                note = entry.note.after
            states[entry.gesture_id] = {
                "key": key,
                "findings": snapshot(found),
                "outcome": outcome,
                "note": [note.comment, note.needs_second_read],
            }
        assert {finding.uid: finding for finding in journal.current_findings(key, READER)} == found
        review = journal.current_review(key, READER)
        assert (str(review.outcome) if review else None) == outcome
        assert journal.current_note(key, READER) == note
    return states


def kill_again_and_again(store: Path, times: int) -> None:
    acknowledged: dict[int, dict[str, Any]] = {}
    unacknowledged = 0
    for seed in range(times):
        for line in work_and_be_killed(store, seed):
            acknowledged[line["id"]] = line
        with Journal.open(store) as journal:
            assert journal.integrity_check() == ()
            states = states_after_each_gesture(journal)
        for gesture_id, line in acknowledged.items():
            assert states[gesture_id] == {name: line[name] for name in ("key", "findings", "outcome", "note")}
        extra = len(states) - len(acknowledged) - unacknowledged
        assert extra in (0, 1), f"{extra} gestures that nobody acknowledged after kill {seed}"
        unacknowledged += extra
    assert len(acknowledged) > 5 * times


def test_killed_sessions_lose_nothing_but_the_gesture_in_progress(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path / "journal.sqlite", 10)


@pytest.mark.endurance
@pytest.mark.timeout(3600)
def test_many_killed_sessions_lose_nothing_but_the_gesture_in_progress(tmp_path: Path) -> None:
    # Stores of their own, because each check replays all of a store; as many windows are killed in test_killed_window.
    for number in range(5):
        kill_again_and_again(tmp_path / f"journal-{number}.sqlite", 50)


@pytest.mark.parametrize("seed", range(3))
def test_journal_agrees_with_an_independent_account_of_a_random_session(tmp_path: Path, seed: int) -> None:
    with Journal.open(tmp_path / "journal.sqlite") as journal:
        session = Session(journal, seed)
        lines = [session.step() for _ in range(250)]
        states = states_after_each_gesture(journal)
    assert [states[line["id"]]["findings"] for line in lines] == [line["findings"] for line in lines]
    assert [states[line["id"]]["outcome"] for line in lines] == [line["outcome"] for line in lines]


def test_a_torn_log_loses_only_its_end(tmp_path: Path) -> None:
    store, torn = tmp_path / "whole" / "journal.sqlite", tmp_path / "torn" / "journal.sqlite"
    cut = random.Random(5)
    with Journal.open(store) as journal:
        session = Session(journal, 5)
        lines = [session.step() for _ in range(80)]
        log = database_files(store)[1]
        for _ in range(12):
            shutil.rmtree(torn.parent, ignore_errors=True)
            torn.parent.mkdir()
            shutil.copy(store, torn)
            content = log.read_bytes()
            database_files(torn)[1].write_bytes(content[: cut.randrange(len(content))])
            with Journal.open(torn) as opened:
                assert opened.integrity_check() == ()
                states = states_after_each_gesture(opened)
            whole = [line for line in lines if line["id"] in states]
            assert lines[: len(whole)] == whole
            assert all(states[line["id"]]["findings"] == line["findings"] for line in whole)
