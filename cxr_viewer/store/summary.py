"""What a store and its caches hold, in numbers and places; nothing of a patient."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from cxr_viewer.store import private_file, rows, schema
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.sizes import size_of

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
