"""A file that a running program keeps beside it, so that its death can be told afterwards.

It holds when the program began, what it is, the names of the last actions, and at the end, where the program dies of a
signal, what ``faulthandler`` writes. A program that ends in order deletes it. The file beside it (``.alive``) is locked
while the program runs: the system gives the lock back however the program ends.
"""

import contextlib
import faulthandler
import os
import secrets
import time
from pathlib import Path

from cxr_viewer.program.file_lock import FileLock
from cxr_viewer.store import private_file

SUFFIX = ".trail"
ALIVE = ".alive"
ACTION, ERROR, STARTED, FACTS = "action ", "error ", "started ", "facts "
_MOST_BYTES = 16 << 10


class CrashTrail:
    """The trail of this process."""

    def __init__(self, folder: Path, facts: str) -> None:
        """Begin the file, and have deaths by signal written into it.

        Args:
            facts: versions, on one line.

        Raises:
            OSError: it cannot be written.
        """
        private_file.make_folder(folder)
        self.path = folder / f"{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
        self._alive = FileLock(self.path.with_suffix(ALIVE))
        self._alive.acquire()
        self._head = f"{STARTED}{time.time():.1f}\n{FACTS}{facts}\n"
        self._handle = os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        self._size = 0
        self._last: list[str] = []
        self._write(self._head)
        faulthandler.enable(self._handle)

    def note_action(self, name: str) -> None:
        """Note that an action was triggered, by its name in the table."""
        self._last = [*self._last[-19:], name]
        if self._size > _MOST_BYTES:
            os.ftruncate(self._handle, 0)
            self._size = 0
            self._write(self._head + "".join(f"{ACTION}{one}\n" for one in self._last))
        else:
            self._write(f"{ACTION}{name}\n")

    def note_error(self) -> None:
        """Note that an error was reported that may end the program."""
        self._write(f"{ERROR}reported\n")

    @property
    def last_actions(self) -> tuple[str, ...]:
        """Names of the last actions, oldest first."""
        return tuple(self._last)

    def close(self) -> None:
        """End in order."""
        faulthandler.disable()
        os.close(self._handle)
        self._alive.release()
        for path in (self.path, self._alive.path):
            with contextlib.suppress(OSError):
                path.unlink()

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):  # a full disk must not become an error of every click
            self._size += os.write(self._handle, text.encode("ascii", "replace"))
