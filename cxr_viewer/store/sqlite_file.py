"""A SQLite file through SQLAlchemy: one connection, durability settings, explicit transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.pool import NullPool

BUSY_TIMEOUT_MS = 5000
"""How long a write waits for another program (an export beside the viewer) before it is given up."""

_PRAGMAS = (
    f"busy_timeout = {BUSY_TIMEOUT_MS}",
    "foreign_keys = ON",
    "synchronous = FULL",  # a committed gesture survives a power cut, not only a crash
    "fullfsync = ON",  # macOS: without it the disk's own cache may still hold what was "synced"
)


def connect(path: Path) -> Connection:
    """Return the one connection to a SQLite file, for use in the calling thread only.

    Statements outside ``transaction`` are their own transactions. Nothing is written by opening.
    """
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        isolation_level="AUTOCOMMIT",  # pysqlite would begin transactions too late; ``transaction`` begins them
        poolclass=NullPool,
        connect_args={"check_same_thread": True, "timeout": BUSY_TIMEOUT_MS / 1000},
    )
    connection = engine.connect()
    try:
        for pragma in _PRAGMAS:
            connection.exec_driver_sql(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: Connection, *, writes: bool) -> Iterator[None]:
    """Run statements as one transaction: all of them are on the disk when it ends, or none.

    A writing transaction takes the write lock at its beginning, so that what it reads cannot change before it writes.
    """
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    try:
        yield
        connection.exec_driver_sql("COMMIT")
    except BaseException:
        # SQLite rolls back by itself on some errors (disk full), and a second ROLLBACK would hide the first error
        if is_in_transaction(connection):
            connection.exec_driver_sql("ROLLBACK")
        raise


def is_in_transaction(connection: Connection) -> bool:
    """Whether a transaction is open on the database itself."""
    return bool(getattr(connection.connection.driver_connection, "in_transaction", False))


def pragma(connection: Connection, name: str) -> int:
    """Return an integer setting of the database."""
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
