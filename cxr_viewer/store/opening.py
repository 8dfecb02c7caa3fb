"""Opens the store that the command line, the environment or nobody named."""

from pathlib import Path

from cxr_viewer.store.journal import Journal
from cxr_viewer.store.locations import store_path


def open_store(url_or_path: str | Path | None = None, *, create: bool = True) -> Journal:
    """Open the store that was asked for.

    Args:
        url_or_path: a path or ``sqlite:///PATH``; None for what ``CXR_STORE`` names, else this user's journal.
        create: make the file when it is missing; an export, which has nothing to read from a new one, says False.

    Raises:
        StoreError: it names no store that this version can open, or the file cannot be opened.
    """
    return Journal.open(store_path(url_or_path), create=create)
