"""What a store and its caches hold, in numbers and places; nothing of a patient."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from cxr_viewer.store import private_file, rows, schema
from cxr_viewer.store.journal import Journal

_COUNTS = text(
    "SELECT (SELECT count(*) FROM instance) AS instances, (SELECT count(*) FROM gesture) AS gestures, "
    "(SELECT count(*) FROM current_review) AS signed, (SELECT count(DISTINCT reader) FROM gesture) AS readers, "
    "(SELECT max(made_at) FROM gesture) AS last_gesture"
)


@dataclass(frozen=True, slots=True)
class StoreSummary:
    """A journal in numbers.

    Attributes:
        size_bytes: of the file and its log.
        signed: sign-offs that stand.
        last_gesture: when the last one was made; None in an empty store.
    """

    path: Path
    size_bytes: int
    schema_version: int
    instances: int
    gestures: int
    signed: int
    readers: int
    last_gesture: datetime | None


def summarise(journal: Journal) -> StoreSummary:
    """Return a journal in numbers."""
    [found] = journal.ask(_COUNTS)
    last = found["last_gesture"]
    return StoreSummary(
        path=journal.path,
        size_bytes=size_of(*private_file.database_files(journal.path)),
        schema_version=schema.SCHEMA_VERSION,
        instances=found["instances"],
        gestures=found["gestures"],
        signed=found["signed"],
        readers=found["readers"],
        last_gesture=None if last is None else rows.time_of(last),
    )


def size_of(*places: Path) -> int:
    """Return the bytes of files, and of all files below folders; what is not there counts nothing."""
    return sum(file.stat().st_size for place in places for file in _files(place))


def size_words(size_bytes: int) -> str:
    """Return a size as people say it."""
    if size_bytes < 1 << 20:
        return f"{size_bytes / (1 << 10):.0f} kB"
    if size_bytes < 1 << 30:
        return f"{size_bytes / (1 << 20):.1f} MB"
    return f"{size_bytes / (1 << 30):.1f} GB"


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    elif place.is_dir():
        yield from (file for file in place.rglob("*") if file.is_file())
