"""A lock on a file that the system takes back when its holder dies, however it dies."""

import os
import sys
from pathlib import Path

_MODE = 0o600


class FileLock:
    """Held from ``acquire`` until ``release`` or the end of the process; children do not inherit it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle = -1

    def acquire(self) -> bool:
        """Take the lock if nobody has it, and return whether it is held now.

        Raises:
            OSError: the file cannot be made.
        """
        if self._handle >= 0:
            return True
        handle = os.open(self.path, os.O_CREAT | os.O_RDWR, _MODE)
        if not _lock(handle):
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Give the lock back; the file stays, for removing it would let two hold locks on two files of one name."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _lock(handle: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
