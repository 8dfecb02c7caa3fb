"""Errors that the reader can act on become sentences; the program's own mistakes do not."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.plain_errors import plain_errors

PATH = Path("journal.sqlite")


def sqlite_error(code: int, words: str = "technical words") -> OperationalError:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code
    return OperationalError("INSERT", {}, error)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (sqlite3.SQLITE_FULL, "the disk is full"),
        (sqlite3.SQLITE_READONLY, "cannot be written"),
        (sqlite3.SQLITE_READONLY_DBMOVED, "cannot be written"),
        (sqlite3.SQLITE_CANTOPEN, "cannot be opened"),
        (sqlite3.SQLITE_NOTADB, "is not a review store"),
        (sqlite3.SQLITE_CORRUPT_VTAB, "is damaged"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "in use by another program"),
        (sqlite3.SQLITE_IOERR_FSYNC, "Check the disk"),
    ],
)
def test_every_way_a_store_fails_has_its_sentence(code: int, reason: str) -> None:
    with (
        pytest.raises(StoreError, match=rf"^The store journal\.sqlite [^\n]*{reason}[^\n]*\.$") as caught,
        plain_errors(PATH),
    ):
        raise sqlite_error(code)
    assert isinstance(caught.value.__cause__, OperationalError)
    assert "technical words" not in str(caught.value)


def test_an_unknown_failure_says_what_sqlite_says() -> None:
    with pytest.raises(StoreError, match="could not be used: out of luck"), plain_errors(PATH):
        raise sqlite_error(sqlite3.SQLITE_NOMEM, "out of luck")


def test_an_error_of_the_file_system_is_a_sentence() -> None:
    with pytest.raises(StoreError, match=r"cannot be opened: Permission denied\.$"), plain_errors(PATH):
        raise PermissionError(13, "Permission denied", "journal.sqlite")


@pytest.mark.parametrize("kind", [IntegrityError, ProgrammingError])
def test_mistakes_of_the_program_stay_what_they_are(kind: type[IntegrityError] | type[ProgrammingError]) -> None:
    with pytest.raises(kind), plain_errors(PATH):
        raise kind("INSERT", {}, sqlite3.IntegrityError("NOT NULL"))
