"""Copies of the journal: sound, made while it is in use, and never put over what cannot be got back."""

import os
import shutil
import sqlite3
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cxr_viewer.store import backup, schema
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.private_file import database_files
from tests import factories
from tests.cxr_viewer.store.correction_session import CONTEXT, KEYS, READER

WHEN = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def _append(journal: Journal, uid: str) -> None:
    journal.append_finding(KEYS[0], factories.finding(uid=uid), READER, CONTEXT, "Accept opacity")


def _uids(path: Path) -> list[str]:
    with Journal.open(path, create=False) as journal:
        return [finding.uid for finding in journal.current_findings(KEYS[0], READER)]


def _alone(path: Path) -> bool:
    """Whether a database is one file, without a log beside it."""
    return not any(file.exists() for file in database_files(path)[1:])


def test_copy_of_an_open_journal_holds_what_only_its_log_holds(journal: Journal, tmp_path: Path) -> None:
    _append(journal, "a")
    assert database_files(journal.path)[1].stat().st_size > 0
    size = backup.back_up(journal.path, tmp_path / "copy.sqlite")
    _append(journal, "b")
    assert _alone(tmp_path / "copy.sqlite")
    assert size == (tmp_path / "copy.sqlite").stat().st_size
    backup.check(tmp_path / "copy.sqlite")
    shutil.copy(tmp_path / "copy.sqlite", tmp_path / "elsewhere.sqlite")
    assert _uids(tmp_path / "elsewhere.sqlite") == ["a"]


def test_copy_taken_while_another_thread_writes_is_sound(journal_path: Path, tmp_path: Path) -> None:
    Journal.open(journal_path).close()
    stop = threading.Event()

    def write() -> None:
        with Journal.open(journal_path) as journal:
            number = 0
            while not stop.is_set():
                _append(journal, str(number))
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            backup.back_up(journal_path, tmp_path / f"{number}.sqlite")
    finally:
        stop.set()
        writer.join()
    written = _uids(journal_path)
    for number in range(5):
        copied = _uids(tmp_path / f"{number}.sqlite")
        assert copied == written[: len(copied)]


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
def test_copy_is_for_this_user_only(journal: Journal, tmp_path: Path) -> None:
    backup.back_up(journal.path, tmp_path / "copy.sqlite")
    assert stat.S_IMODE((tmp_path / "copy.sqlite").stat().st_mode) == 0o600


def test_copy_never_overwrites_a_file(journal: Journal, tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_text("mine")
    with pytest.raises(StoreError, match="exists already"):
        backup.back_up(journal.path, tmp_path / "thesis.odt")
    assert (tmp_path / "thesis.odt").read_text() == "mine"


def test_copy_into_a_place_that_cannot_be_written_is_one_sentence(journal: Journal, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be written"):
        backup.back_up(journal.path, tmp_path / "file" / "copy.sqlite")


def test_restored_journal_is_the_copy_and_the_former_one_is_kept(journal: Journal, tmp_path: Path) -> None:
    _append(journal, "a")
    backup.back_up(journal.path, tmp_path / "copy.sqlite")
    _append(journal, "b")
    journal.close()
    restored = backup.restore(tmp_path / "copy.sqlite", journal.path, WHEN)
    assert restored.kept is not None
    assert restored.kept.parent == journal.path.parent
    assert restored.kept.name.startswith("journal-before-20261124-")
    assert (_uids(journal.path), _uids(restored.kept)) == (["a"], ["a", "b"])
    again = backup.restore(restored.kept, journal.path, WHEN)
    assert again.kept is not None
    assert again.kept != restored.kept
    assert (_uids(journal.path), _uids(again.kept)) == (["a", "b"], ["a"])
    assert not list(journal.path.parent.glob("*.restoring*"))


def test_restore_where_there_was_no_journal(journal: Journal, tmp_path: Path) -> None:
    _append(journal, "a")
    backup.back_up(journal.path, tmp_path / "copy.sqlite")
    restored = backup.restore(tmp_path / "copy.sqlite", tmp_path / "new" / "journal.sqlite")
    assert restored.kept is None
    assert _uids(tmp_path / "new" / "journal.sqlite") == ["a"]


def test_journal_that_is_open_elsewhere_is_not_replaced(journal: Journal, tmp_path: Path) -> None:
    _append(journal, "a")
    backup.back_up(journal.path, tmp_path / "copy.sqlite")
    _append(journal, "b")
    with pytest.raises(StoreError, match="open in another program"):
        backup.restore(tmp_path / "copy.sqlite", journal.path)
    _append(journal, "c")
    assert _uids(journal.path) == ["a", "b", "c"]
    assert not list(tmp_path.glob("*before*"))


def _corrupt(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:8192] = os.urandom(4096)
    path.write_bytes(content)


def test_damaged_copy_is_refused_and_the_journal_stays(journal: Journal, tmp_path: Path) -> None:
    _append(journal, "a")
    backup.back_up(journal.path, tmp_path / "copy.sqlite")
    journal.close()
    _corrupt(tmp_path / "copy.sqlite")
    with pytest.raises(StoreError, match="damaged"):
        backup.restore(tmp_path / "copy.sqlite", journal.path)
    assert _uids(journal.path) == ["a"]


def test_damaged_journal_is_replaced_kept_and_its_log_cannot_spoil_the_copy(journal: Journal, tmp_path: Path) -> None:
    _append(journal, "a")
    backup.back_up(journal.path, tmp_path / "copy.sqlite")
    damaged = tmp_path / "damaged" / "journal.sqlite"
    damaged.parent.mkdir()
    file, log, _ = database_files(damaged)
    file.write_bytes(b"no database " * 1000)
    log.write_bytes(b"no log " * 1000)
    restored = backup.restore(tmp_path / "copy.sqlite", damaged)
    assert restored.kept is not None
    assert restored.kept.read_bytes() == b"no database " * 1000
    assert _alone(damaged)
    assert _uids(damaged) == ["a"]


@pytest.mark.parametrize("kind", ["text", "empty", "other", "newer", "missing", "itself"])
def test_what_is_no_copy_is_refused_with_a_sentence(kind: str, journal: Journal, tmp_path: Path) -> None:
    _append(journal, "a")
    path, words = tmp_path / "copy.sqlite", "no review store"
    if kind == "text":
        path.write_text("Dear diary, " * 100)
    elif kind == "empty":
        path.touch()
    elif kind == "other":
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE moz_places (url TEXT)")
        connection.close()
    elif kind == "newer":
        backup.back_up(journal.path, path)
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION + 1}")
        connection.close()
        words = "newer version"
    elif kind == "missing":
        words = "does not exist"
    else:
        path, words = journal.path, "journal itself"
    journal.close()
    with pytest.raises(StoreError, match=words):
        backup.restore(path, journal.path)
    assert _uids(journal.path) == ["a"]
