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

_READ_BY = f"{__version__} {found_text.LAYOUT}"
"""A header that another version read is read again: its rules may be others."""

Column = str | bytes | None
"""A path as it is stored."""


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
    query = "SELECT size, mtime_ns, read_by, content FROM known_header WHERE path = ?"
    known = {}
    for stamp in stamps:
        found = connection.execute(query, (path_column.to_column(stamp.path),)).fetchone()
        if found is not None and found[:3] == (stamp.size, stamp.mtime_ns, _READ_BY):
            known[stamp.path] = found[3]
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
