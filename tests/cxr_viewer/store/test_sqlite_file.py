"""Transactions hold together and what they commit is on the disk."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from cxr_viewer.store.sqlite_file import connect, is_in_transaction, pragma, transaction


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """Return a connection to a file with one empty table."""
    opened = connect(tmp_path / "file.sqlite")
    opened.exec_driver_sql("PRAGMA journal_mode = WAL")
    opened.exec_driver_sql("CREATE TABLE number (value INTEGER)")
    yield opened
    opened.close()


def numbers(tmp_path: Path) -> list[int]:
    """Return what another program sees."""
    other = sqlite3.connect(tmp_path / "file.sqlite")
    found = [row[0] for row in other.execute("SELECT value FROM number")]
    other.close()
    return found


def test_a_transaction_is_seen_by_others_when_it_ends(connection: Connection, tmp_path: Path) -> None:
    with transaction(connection, writes=True):
        connection.exec_driver_sql("INSERT INTO number VALUES (1), (2)")
        assert is_in_transaction(connection)
        assert numbers(tmp_path) == []
    assert not is_in_transaction(connection)
    assert numbers(tmp_path) == [1, 2]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_takes_the_whole_transaction_back(
    connection: Connection, tmp_path: Path, error: type[BaseException]
) -> None:
    def insert_and_fail() -> None:
        with transaction(connection, writes=True):
            connection.exec_driver_sql("INSERT INTO number VALUES (1)")
            raise error

    with pytest.raises(error):
        insert_and_fail()
    assert not is_in_transaction(connection)
    assert numbers(tmp_path) == []


def test_a_writing_transaction_keeps_other_writers_out_from_its_beginning(
    connection: Connection, tmp_path: Path
) -> None:
    other = connect(tmp_path / "file.sqlite")
    pragma(other, "busy_timeout = 10")
    with transaction(connection, writes=True):
        with pytest.raises(OperationalError, match="locked"), transaction(other, writes=True):
            pass
        with transaction(other, writes=False):
            assert other.exec_driver_sql("SELECT count(*) FROM number").scalar_one() == 0
    other.close()


def test_opening_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "new.sqlite").touch()
    connect(tmp_path / "new.sqlite").close()
    assert (tmp_path / "new.sqlite").read_bytes() == b""
