"""Writes a correction set or a ledger from a journal file and says in one sentence what was written."""

from collections.abc import Callable
from pathlib import Path

from cxr_viewer import export
from cxr_viewer.dicom.pixel_header import DecodedInstance
from cxr_viewer.export import ExportFormat, LeftOut, export_reviews, salt_beside
from cxr_viewer.store.journal import Journal

NOTHING_SIGNED = "Nothing is signed yet, so there is nothing to export."


def write(decode: Callable[[Path], DecodedInstance], journal_path: Path, folder: Path) -> str:
    """Write all signed reviews into ``folder``; opens the journal for itself, so any thread may call it.

    Raises:
        StoreError, FolderInUseError, OSError: each with a sentence.
    """
    with Journal.open(journal_path, create=False) as journal:
        reviews = journal.signed_reviews()
    if not reviews:
        return NOTHING_SIGNED
    summary = export_reviews(reviews, folder, ExportFormat.CORRECTIONS, salt_beside(journal_path), decode)
    written = f"{_count(summary.reviews, 'review')} of {_count(summary.images, 'image')} written to {folder}."
    return f"{written} {_left_out(summary.left_out)}".rstrip()


def write_ledger(journal_path: Path, folder: Path) -> str:
    """Write the assessments of all signed reviews into ``folder``; opens the journal for itself.

    Raises:
        StoreError, FolderInUseError, OSError: each with a sentence.
    """
    with Journal.open(journal_path, create=False) as journal:
        reviews = journal.signed_reviews()
    if not reviews:
        return NOTHING_SIGNED
    summary = export.write_ledger(reviews, folder, salt_beside(journal_path))
    return f"The assessments of {_count(summary.reviews, 'review')} were written to {folder / export.LEDGER_FILE}."


def _left_out(left_out: tuple[LeftOut, ...]) -> str:
    if not left_out:
        return ""
    first = left_out[0]
    name = first.path.name if first.path else "one image"
    return f"{_count(len(left_out), 'review')} not exported; the first: {name}, {first.reason}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
