"""Paths in a text column, also those whose bytes are no valid Unicode."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Column = str | bytes | None
"""A path as it is stored."""

_ASKED_AT_ONCE = 500


def to_column(path: Path | None) -> Column:
    """Return what is stored: text where the path is text, else its bytes (names from old archives)."""
    if path is None:
        return None
    text = str(path)
    return text if text.isascii() or _is_unicode(text) else os.fsencode(path)


def from_column(value: Column) -> Path | None:
    """Return the path that ``to_column`` was given."""
    return None if value is None else Path(os.fsdecode(value))


def rows_of(connection: sqlite3.Connection, table: str, paths: Iterable[Column]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of some files from a table whose key is their path, many at a time."""
    wanted = list(paths)
    for start in range(0, len(wanted), _ASKED_AT_ONCE):
        some = wanted[start : start + _ASKED_AT_ONCE]
        marks = ", ".join("?" * len(some))
        yield from connection.execute(f"SELECT * FROM {table} WHERE path IN ({marks})", some)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
