"""Database and file errors as one sentence for the reader."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DatabaseError, IntegrityError, ProgrammingError

from cxr_viewer.store.errors import StoreError

_IN_USE = "is in use by another program. Close the other program or wait, and repeat the last change"
_NOT_WRITABLE = "cannot be written. Check the permissions of the file and its folder, or choose another file"

_REASONS = {
    sqlite3.SQLITE_FULL: "could not be written: the disk is full. Free some space and repeat the last change",
    sqlite3.SQLITE_READONLY: _NOT_WRITABLE,
    sqlite3.SQLITE_PERM: _NOT_WRITABLE,
    sqlite3.SQLITE_CANTOPEN: "cannot be opened. Check the permissions of its folder, or choose another file",
    sqlite3.SQLITE_NOTADB: "is not a review store, or its beginning is damaged. Choose another file or restore a copy",
    sqlite3.SQLITE_CORRUPT: "is damaged. Keep the file, and restore a copy or choose another file",
    sqlite3.SQLITE_BUSY: _IN_USE,
    sqlite3.SQLITE_LOCKED: _IN_USE,
    sqlite3.SQLITE_IOERR: "could not be read or written. Check the disk and repeat the last change",
}


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn errors of the database and of the file system into a StoreError that names the store.

    Wrong use by the program itself (another thread, a broken constraint) stays as it is: the reader can do nothing.
    """
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise
    except DatabaseError as error:
        raise StoreError(f"The store {path} {_reason(error.orig)}.") from error
    except OSError as error:
        raise StoreError(f"The store {path} cannot be opened: {error.strerror or error}.") from error


def _reason(error: BaseException | None) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte of an extended code is the primary one
    return _REASONS.get(code, f"could not be used: {error}")
