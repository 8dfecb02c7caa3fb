"""Where journal, cache, settings and logs lie, and what may be said for ``--store``."""

import os
import warnings
from pathlib import Path

import platformdirs

from cxr_viewer.store.errors import StoreError

ENVIRONMENT_VARIABLE = "CXR_STORE"
"""Names the store where the command line does not."""

_PROGRAM = "cxr-viewer"


def default_journal_path() -> Path:
    """Return this user's journal."""
    return platformdirs.user_data_path(_PROGRAM, appauthor=False) / "journal.sqlite"


def store_path(url_or_path: str | Path | None = None) -> Path:
    """Return the file of the store that was asked for; raises StoreError when none is named."""
    return journal_path(url_or_path or os.environ.get(ENVIRONMENT_VARIABLE) or default_journal_path())


def default_cache_path() -> Path:
    """Return this user's cache of candidates."""
    return platformdirs.user_cache_path(_PROGRAM, appauthor=False) / "candidates.sqlite"


def caches_folder() -> Path:
    """Return the folder of everything that may be deleted at any time."""
    return default_cache_path().parent


def graphs_folder() -> Path:
    """Return the folder in which an engine keeps compiled networks."""
    return caches_folder() / "graphs"


def settings_folder() -> Path:
    """Return the folder of this user's settings."""
    return platformdirs.user_config_path(_PROGRAM, appauthor=False)


def logs_folder() -> Path:
    """Return the folder of what the program writes about itself: nothing of a patient."""
    return platformdirs.user_log_path(_PROGRAM, appauthor=False)


def meeting_folder() -> Path:
    """Return the folder in which the programs of one user find each other while they run."""
    with warnings.catch_warnings():  # where the session has no such folder, another one is taken, and that is all
        warnings.simplefilter("ignore")
        return platformdirs.user_runtime_path(_PROGRAM, appauthor=False)


def journal_path(url_or_path: str | Path) -> Path:
    """Return the file that a path or ``sqlite:///PATH`` names; ``sqlite:////PATH`` is absolute.

    Raises:
        StoreError: it names no file.
    """
    if isinstance(url_or_path, Path) or "://" not in url_or_path:
        return Path(url_or_path)
    scheme, _, rest = url_or_path.partition("://")
    if scheme.partition("+")[0] in ("postgresql", "postgres"):
        # the address is not repeated: it may hold a password
        raise StoreError("A department's store (PostgreSQL) comes with a later version; name a file for --store.")
    if scheme.partition("+")[0] != "sqlite":
        raise StoreError(f"The store must be a file or sqlite:///PATH, not {scheme}://...")
    if not rest.startswith("/") or rest in ("/", "/:memory:"):
        raise StoreError(f"The store {url_or_path} names no file; write sqlite:///PATH.")
    return Path(rest[1:])
