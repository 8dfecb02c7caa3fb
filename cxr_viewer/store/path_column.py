"""Paths in a text column, also those whose bytes are no valid Unicode."""

import os
from pathlib import Path


def to_column(path: Path | None) -> str | bytes | None:
    """Return what is stored: text where the path is text, else its bytes (names from old archives)."""
    if path is None:
        return None
    text = str(path)
    return text if text.isascii() or _is_unicode(text) else os.fsencode(path)


def from_column(value: str | bytes | None) -> Path | None:
    """Return the path that ``to_column`` was given."""
    return None if value is None else Path(os.fsdecode(value))


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
