"""The cache's SQLite file: disposable, so whatever is wrong with it, it is made anew or done without."""

import sqlite3
from pathlib import Path

from cxr_viewer.store import private_file

VERSION = 4
APPLICATION_ID = 0x43585243
"""``PRAGMA application_id``: "CXRC". A database of something else is never deleted."""

_BUSY_TIMEOUT_S = 2.0

_TABLES = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS candidates (
    instance_key TEXT NOT NULL, bundle_digest TEXT NOT NULL, top_score REAL,
    disagreement REAL, dissenting INTEGER, members INTEGER, withheld TEXT NOT NULL, used INTEGER NOT NULL,
    content BLOB, PRIMARY KEY (instance_key, bundle_digest)
);
CREATE INDEX IF NOT EXISTS candidates_by_use ON candidates (used) WHERE content IS NOT NULL;
CREATE TABLE IF NOT EXISTS known_file (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, instance_key TEXT NOT NULL,
    rows INTEGER NOT NULL, columns INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS known_header (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, read_by TEXT NOT NULL,
    content TEXT NOT NULL
);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
COMMIT;
"""

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)


def open_or_recreate(path: Path) -> sqlite3.Connection:
    """Open the file; delete and recreate one that is damaged or of another version; use memory when all else fails.

    Never raises: without a cache the program is slower and otherwise the same.
    """
    for _ in range(2):
        try:
            return _open(path)
        except _AnotherDatabaseError:
            break
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                break
            delete(path)
        except OSError:
            break
    return _create(sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None))


def is_in_memory(connection: sqlite3.Connection) -> bool:
    """Whether this is the substitute for a file that could not be made."""
    return not connection.execute("PRAGMA database_list").fetchone()[2]


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file is broken or lacks our tables, rather than full, busy or read-only."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return code & 0xFF in _DAMAGE


def rewrite(connection: sqlite3.Connection) -> None:
    """Write the file anew without its free pages and empty its log: what was deleted is gone, the space is free."""
    connection.execute("PRAGMA temp_store = MEMORY")  # no copy in a folder of temporary files
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def delete(path: Path) -> None:
    """Delete the files of the cache; one that cannot be deleted stays."""
    for file in private_file.database_files(path):
        try:
            file.unlink(missing_ok=True)
        except OSError:
            return


class _AnotherDatabaseError(Exception):
    """The file is a database that is not ours to delete."""


def _open(path: Path) -> sqlite3.Connection:
    private_file.prepare(path)
    connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, check_same_thread=False, isolation_level=None)
    try:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise _AnotherDatabaseError
            if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                connection.close()
                delete(path)
                return _open(path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # the last entries may be lost in a power cut
        return _create(connection)
    except BaseException:
        connection.close()
        raise


def _create(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.executescript(_TABLES)
    return connection
