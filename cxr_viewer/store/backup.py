"""Copies of the journal: written while it is in use, checked before one of them takes its place."""

import contextlib
import os
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cxr_viewer.core.findings import now
from cxr_viewer.store import private_file, schema
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.journal import Journal

_PAGES_AT_ONCE = 512
"""Two megabytes: a gesture that is made meanwhile waits no longer than that takes."""

_BUSY_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did.

    Attributes:
        kept: where the journal that was there before lies now; None when there was none.
    """

    journal: Path
    kept: Path | None


def back_up(journal: Path, target: Path) -> int:
    """Write a copy of a journal, also while it is open and written to; return its size in bytes.

    Raises:
        StoreError: there is no journal, the target exists, cannot be written, or the copy is not sound.
    """
    target = target.expanduser().absolute()
    if target.exists():
        raise StoreError(f"{target} exists already; name a new file for the copy.")
    if not journal.is_file():
        raise StoreError(f"The store {journal} does not exist, so there is nothing to copy.")
    part = target.with_name(f"{target.name}.part")
    try:
        _copy(journal, part)
        check(part)
        part.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise StoreError(f"The copy {target} cannot be written: {error.strerror or error}.") from error
    finally:
        _forget(part)
    return target.stat().st_size


def check(copy: Path) -> None:
    """Raise StoreError unless a file is a sound store that this version can open; nothing is written into it."""
    if not copy.is_file():
        raise StoreError(f"The copy {copy} does not exist.")
    try:
        with contextlib.closing(_read_only(copy)) as connection:
            _check_kind(connection, copy)
            problem = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise StoreError(f"The copy {copy} is damaged or is no review store; choose another one.") from error
    if problem != "ok" or broken is not None:
        raise StoreError(f"The copy {copy} is damaged; choose another one.")


def restore(copy: Path, journal: Path, when: datetime | None = None) -> Restored:
    """Put a copy in the journal's place; the journal that was there is kept beside it under a name with the time.

    Raises:
        StoreError: the copy is not sound, of another program or of a newer version, or the journal is open in another
            program; the journal is as it was.
    """
    copy, journal = copy.expanduser().absolute(), journal.expanduser().absolute()
    if copy.exists() and journal.exists() and copy.samefile(journal):
        raise StoreError(f"{copy} is the journal itself; choose a copy of it.")
    check(copy)
    fresh = journal.with_name(f"{journal.name}.restoring")
    kept = None
    try:
        private_file.make_folder(journal.parent)
        _copy(copy, fresh)
        with Journal.open(fresh):
            pass  # a copy of an older version is brought to the present schema before it is put in place
        _close_log(fresh)
        if journal.exists():
            _close_log(journal)
            kept = _keep(journal, when or now())
        fresh.replace(journal)
        _sync_folder(journal.parent)
    except OSError as error:
        raise StoreError(f"The store {journal} cannot be replaced: {error.strerror or error}.") from error
    finally:
        for file in private_file.database_files(fresh):
            _forget(file)
    return Restored(journal, kept)


def _copy(source: Path, target: Path) -> None:
    """Copy a database page by page through SQLite, which also takes what its write-ahead log holds."""
    for file in private_file.database_files(target):
        _forget(file)
    private_file.prepare(target)
    try:
        with contextlib.closing(_read_only(source)) as old, contextlib.closing(sqlite3.connect(target)) as new:
            old.backup(new, pages=_PAGES_AT_ONCE, sleep=0.01)
            new.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{source} could not be copied: {error}.") from error


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_BUSY_TIMEOUT_S)


def _check_kind(connection: sqlite3.Connection, copy: Path) -> None:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != schema.APPLICATION_ID:
        raise StoreError(f"{copy} is no review store of CXR Viewer; choose another file.")
    if version > schema.SCHEMA_VERSION:
        raise StoreError(
            f"{copy} was written by a newer version of CXR Viewer (schema {version}; this version knows "
            f"{schema.SCHEMA_VERSION}); update the program to restore it."
        )


def _close_log(journal: Path) -> None:
    """Move what the write-ahead log holds into the file and delete the log; fails while another program has it open."""
    busy = StoreError(f"The store {journal} is open in another program; close that one first.")
    try:
        with contextlib.closing(sqlite3.connect(journal, timeout=0.2)) as connection:
            mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise busy from error
        return  # damaged, which is why a copy is restored: it is kept as it is
    if mode != "delete":
        raise busy


def _keep(journal: Path, when: datetime) -> Path:
    """Give the journal a second name, under which it stays when a copy takes the first one."""
    stamp = when.astimezone().strftime("%Y%m%d-%H%M%S")
    kept, number = journal.with_name(f"{journal.stem}-before-{stamp}{journal.suffix}"), 1
    while kept.exists():
        number += 1
        kept = journal.with_name(f"{journal.stem}-before-{stamp}-{number}{journal.suffix}")
    try:
        os.link(journal, kept)
    except OSError:  # a file system without links
        shutil.copy2(journal, kept)
    # The log of a damaged journal must not be taken for that of the copy which takes its name.
    for file, other in zip(
        private_file.database_files(journal)[1:], private_file.database_files(kept)[1:], strict=True
    ):
        if file.exists():
            file.replace(other)
    return kept


def _sync_folder(folder: Path) -> None:
    """Have the new name on the disk too, where the system can do that."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _forget(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
