"""The journal's file: private, durable, and one plain sentence when something is in its way."""

import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Table
from sqlalchemy.exc import IntegrityError, ProgrammingError

from cxr_viewer.store import schema, sqlite_file
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.private_file import database_files
from tests import factories
from tests.cxr_viewer.store.correction_session import CONTEXT, KEYS, READER, Session

NOBODY = 65534


def append(journal: Journal, uid: str) -> int:
    return journal.append_finding(KEYS[0], factories.finding(uid=uid), READER, CONTEXT, "Accept opacity")


def assert_one_sentence(error: StoreError, path: Path) -> None:
    """Check that the message names the store, is one line that ends like a sentence, and keeps its cause."""
    assert str(path) in str(error)
    assert re.fullmatch(r"The store [^\n]+\.", str(error))
    assert not re.search(r"sqlite3|Errno|Traceback|SELECT|INSERT", str(error))


@contextmanager
def unprivileged() -> Iterator[None]:
    """Run as a user to whom permissions mean something."""
    if sys.platform == "win32" or os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Return a folder that other users may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="cxr-store-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_all_files_of_an_open_journal_are_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "journal.sqlite"
    with Journal.open(path) as journal:
        append(journal, "one")
        assert [stat.S_IMODE(file.stat().st_mode) for file in database_files(path)] == [0o600] * 3
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_file_is_opened_for_durability_and_checks_its_references(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "journal.sqlite") as journal:
        settings = {
            name: journal._connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "application_id")
        }
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "busy_timeout": sqlite_file.BUSY_TIMEOUT_MS,
        "application_id": schema.APPLICATION_ID,
    }


def test_closing_leaves_one_file(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "journal.sqlite") as journal:
        append(journal, "one")
    assert [file.name for file in tmp_path.iterdir()] == ["journal.sqlite"]


@pytest.mark.parametrize("table", schema.APPEND_ONLY, ids=lambda table: table.name)
@pytest.mark.parametrize("change", ["UPDATE {} SET reader = 'eve'", "DELETE FROM {}"])
def test_history_can_neither_be_changed_nor_deleted(tmp_path: Path, table: Table, change: str) -> None:
    path = tmp_path / "journal.sqlite"
    with Journal.open(path) as journal:
        session = Session(journal, 1)
        for _ in range(40):
            session.step()
        journal.erase(KEYS[2:], READER)  # so that no table is empty
        before = journal.history(KEYS[0])
        with pytest.raises(IntegrityError, match=f"{table.name} is append-only"):
            journal._connection.exec_driver_sql(change.format(table.name))
        assert journal.history(KEYS[0]) == before


def test_a_folder_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="it is a folder; name a file instead") as caught:
        Journal.open(tmp_path)
    assert_one_sentence(caught.value, tmp_path)


def test_a_file_in_place_of_the_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "journal.sqlite"
    with pytest.raises(StoreError, match="Not a directory") as caught:
        Journal.open(path)
    assert_one_sentence(caught.value, path)


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be one" * 30, b"short"])
def test_a_file_that_is_no_store_is_one_sentence_and_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="is not a review store") as caught:
        Journal.open(path)
    assert_one_sentence(caught.value, path)
    assert path.read_bytes() == content


def damaged_store(path: Path, table: str) -> Path:
    """Write a store of 200 gestures whose page of that table is overwritten."""
    with Journal.open(path) as journal:
        session = Session(journal, 2)
        for _ in range(200):
            session.step()
    connection = sqlite3.connect(path)
    page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ? UNION SELECT 1", [table]).fetchall()
    connection.close()
    content = bytearray(path.read_bytes())
    start = (max(page)[0] - 1) * 4096 + 100  # the file's own header stays
    content[start : start + 3996] = b"\xa5" * 3996
    path.write_bytes(content)
    return path


def test_a_store_with_a_damaged_schema_is_one_sentence(tmp_path: Path) -> None:
    path = damaged_store(tmp_path / "journal.sqlite", "sqlite_master")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is damaged") as caught:
        Journal.open(path)
    assert_one_sentence(caught.value, path)
    assert path.read_bytes() == before


def test_damaged_findings_are_one_sentence_and_found_by_the_integrity_check(tmp_path: Path) -> None:
    path = damaged_store(tmp_path / "journal.sqlite", "finding_revision")
    with Journal.open(path) as journal:
        assert len(journal.integrity_check()) >= 1
        with pytest.raises(StoreError, match="is damaged") as caught:
            journal.history(KEYS[0])
    assert_one_sentence(caught.value, path)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_read_only_folder_is_one_sentence(open_folder: Path) -> None:
    open_folder.chmod(0o555)
    path = open_folder / "journal.sqlite"
    with unprivileged(), pytest.raises(StoreError, match="Permission denied") as caught:
        Journal.open(path)
    assert_one_sentence(caught.value, path)
    assert list(open_folder.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_read_only_store_is_one_sentence(open_folder: Path) -> None:
    path = open_folder / "journal.sqlite"
    with Journal.open(path) as journal:
        append(journal, "one")
    path.chmod(0o444)
    with pytest.raises(StoreError) as caught, unprivileged():
        Journal.open(path)
    assert_one_sentence(caught.value, path)


def fill(journal: Journal) -> tuple[int, StoreError]:
    """Append until the disk is full; return how many gestures were acknowledged, and the error."""
    for count in range(100_000):
        try:
            append(journal, f"finding {count}")
        except StoreError as error:
            return count, error
    raise AssertionError("the disk never filled")


def test_a_full_disk_is_one_sentence_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with Journal.open(path) as journal:
        pages = sqlite_file.pragma(journal._connection, "page_count")
        sqlite_file.pragma(journal._connection, f"max_page_count = {pages + 20}")
        count, error = fill(journal)
        assert "the disk is full" in str(error)
        assert_one_sentence(error, path)
        assert count > 20
        assert len(journal.current_findings(KEYS[0], READER)) == count
        sqlite_file.pragma(journal._connection, f"max_page_count = {pages + 100}")
        append(journal, "after space was freed")
        assert len(journal.gestures(KEYS[0], READER)) == count + 1
        assert journal.integrity_check() == ()


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a file system of 512 kB."""
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    if mount is None or unmount is None or sys.platform == "win32" or os.geteuid() != 0:
        pytest.skip("only root can make a tiny file system")
    folder = tmp_path / "tiny"
    folder.mkdir()
    made = subprocess.run([mount, "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)], capture_output=True)
    if made.returncode:
        pytest.skip("this root may not mount file systems")
    yield folder
    subprocess.run([unmount, str(folder)], check=True)


def test_a_file_system_without_space_is_one_sentence_and_loses_nothing(tiny_disk: Path) -> None:
    path = tiny_disk / "journal.sqlite"
    with Journal.open(path) as journal:
        count, error = fill(journal)
        assert re.search("disk is full|Check the disk", str(error))
        assert_one_sentence(error, path)
        assert len(journal.current_findings(KEYS[0], READER)) == count
    with Journal.open(path) as journal:
        assert len(journal.current_findings(KEYS[0], READER)) == count
        assert journal.integrity_check() == ()


def test_a_store_in_use_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with Journal.open(path) as journal:
        sqlite_file.pragma(journal._connection, "busy_timeout = 20")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="in use by another program") as caught:
            append(journal, "one")
        assert_one_sentence(caught.value, path)
        assert journal.current_findings(KEYS[0], READER) == ()  # reading goes on meanwhile
        other.execute("ROLLBACK")
        append(journal, "one")
        other.close()


def test_another_thread_may_not_use_the_journal(tmp_path: Path) -> None:
    errors: list[Exception] = []

    def use(journal: Journal) -> None:
        try:
            journal.place()
        except ProgrammingError as error:
            errors.append(error)

    with Journal.open(tmp_path / "journal.sqlite") as journal:
        thread = threading.Thread(target=use, args=[journal])
        thread.start()
        thread.join()
    assert len(errors) == 1


def test_home_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    with Journal.open(Path("~/journal.sqlite")) as journal:
        assert journal.path == tmp_path / "journal.sqlite"
