"""Writes a correction set from a journal file and says in one sentence what was written."""

from pathlib import Path

from cxr_viewer.store.journal import Journal


def write(journal_path: Path, folder: Path) -> str:
    """Write the signed reviews into ``folder``; opens the journal for itself, so any thread may call it."""
    with Journal.open(journal_path, create=False) as journal:
        reviews = journal.signed_reviews()
    return f"{len(reviews)} signed reviews {folder}"
