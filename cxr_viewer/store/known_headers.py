"""What the headers of files said, in the cache's file: a folder that is opened again is read from here.

Headers name patients: the cache is the user's own file (0600), and what is erased is forgotten here as well.
"""

import sqlite3
from collections.abc import Collection, Iterable
from pathlib import Path

from cxr_viewer import __version__
from cxr_viewer.core import found_text
from cxr_viewer.core.patients import is_same_patient
from cxr_viewer.core.studies import Instance
from cxr_viewer.store import path_column
from cxr_viewer.store.file_stamp import FileStamp
from cxr_viewer.store.path_column import Column

_READ_BY = f"{__version__} {found_text.LAYOUT}"
"""A header that another version read is read again: its rules may be others."""


def keep(connection: sqlite3.Connection, read: Iterable[tuple[FileStamp, str]]) -> None:
    """Keep what the headers of some files said, in one transaction."""
    values = [(path_column.to_column(stamp.path), stamp.size, stamp.mtime_ns, _READ_BY, text) for stamp, text in read]
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.executemany("INSERT OR REPLACE INTO known_header VALUES (?, ?, ?, ?, ?)", values)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def find(connection: sqlite3.Connection, stamps: Iterable[FileStamp]) -> dict[Path, str]:
    """Return what the headers of those files said that have not changed since."""
    by_column = {path_column.to_column(stamp.path): stamp for stamp in stamps}
    known = {}
    for path, size, mtime_ns, read_by, content in path_column.rows_of(connection, "known_header", by_column):
        stamp = by_column[path]
        if (size, mtime_ns, read_by) == (stamp.size, stamp.mtime_ns, _READ_BY):
            known[stamp.path] = content
    return known


def of_same_patients(connection: sqlite3.Connection, paths: Collection[Column]) -> list[Column]:
    """Return the paths of the headers of some files, and of all others of the same patients.

    A header that cannot be read any more might be anybody's, so it is returned too.
    """
    every = connection.execute("SELECT path, content FROM known_header").fetchall()
    headers = [(path, _read(path, text)) for path, text in every]
    theirs = {header for path, header in headers if path in paths and isinstance(header, Instance)}
    # Among one patient's many files a few identities stand for all.
    whose = {(one.patient_id, one.patient_name, one.birth_date, one.sex): one for one in theirs}.values()
    return [
        path
        for path, header in headers
        if path in paths
        or header is None
        or (isinstance(header, Instance) and any(is_same_patient(one, header) for one in whose))
    ]


def _read(path: Column, text: str) -> found_text.Found | None:
    try:
        return found_text.read(path_column.from_column(path) or Path(), text)
    except ValueError:
        return None
