"""Tries the journal: opened beside the window, read through, and its folder written to."""

import os
import tempfile
from pathlib import Path

from cxr_viewer.program.check import Check, Outcome, told_error, told_place
from cxr_viewer.store import locations, schema
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.private_file import database_files
from cxr_viewer.store.sizes import size_of, size_words


def check_store(path: Path) -> Check:
    """Check the journal at ``path``; blocks for as long as reading it takes, so call it on a pool thread."""
    where = told_place(path, locations.default_journal_path())
    try:
        with Journal.open(path, create=False) as journal:
            problems = journal.integrity_check()
            journal.check_writable()
        _probe(path.parent)
    except (StoreError, OSError) as error:
        return Check("Journal", Outcome.FAILS, f"{told_error(error, path)} It lies in {where}.")
    if problems:
        return Check(
            "Journal", Outcome.FAILS, f"damaged in {len(problems)} places. It lies in {where}; restore a copy."
        )
    size = size_words(size_of(*database_files(path)))
    return Check(
        "Journal", Outcome.WORKS, f"sound and can be written, schema {schema.SCHEMA_VERSION}, {size}, in {where}"
    )


def _probe(folder: Path) -> None:
    """Write a block beside the journal, down to the disk."""
    with tempfile.TemporaryFile(dir=folder, prefix=".probe-") as file:
        file.write(bytes(4096))
        file.flush()
        os.fsync(file.fileno())
