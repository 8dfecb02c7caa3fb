"""Files and folders that only this user can read: what is stored about patients is nobody else's."""

import errno
import os
import stat
from pathlib import Path

_FILE = 0o600
_FOLDER = 0o700


def prepare(path: Path) -> None:
    """Create a database file and its folder for this user only, before anything is written into them.

    SQLite gives its -wal and -shm files the permissions of the database file. A folder that exists already is left as
    it is; a file that others could read is closed to them.

    Raises:
        OSError: something is in the way, or the place is not writable.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder; name a file instead", str(path))
    make_folder(path.parent)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, _FILE))
    for file in database_files(path):
        if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
            file.chmod(_FILE)


def make_folder(folder: Path) -> None:
    """Create a folder and its missing parents, each for this user only."""
    for place in reversed([folder, *folder.parents]):
        if not place.exists():
            place.mkdir(_FOLDER, exist_ok=True)


def database_files(path: Path) -> tuple[Path, ...]:
    """Return the files that make up a SQLite database with a write-ahead log."""
    return path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")
