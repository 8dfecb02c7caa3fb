"""Writes a report of every unhandled error of this process, and keeps the trail that tells of its death."""

import platform
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from cxr_viewer import __version__
from cxr_viewer.program import crash_folder, crash_words
from cxr_viewer.program.crash_trail import CrashTrail

UNEXPECTED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    NotImplementedError,
    RecursionError,
    TypeError,
)
"""What a task in the background never ends with unless the program is wrong: a file that cannot be read, a full disk
or a refused bundle are said to the reader where they happen."""

_MOST_OF_ONE_RUN = 5


class CrashWatch:
    """Takes the hooks of the interpreter until ``close``. Reports are local files; nothing is sent anywhere."""

    def __init__(self, folder: Path) -> None:
        """Begin to watch; raises OSError where nothing can be written."""
        self.folder = folder
        self._trail = CrashTrail(folder, facts())
        self._begun = time.monotonic()
        self._lock = threading.Lock()
        self._told: set[tuple[str, ...]] = set()
        self._on_report: Callable[[], None] | None = None
        self._hooks = sys.excepthook, threading.excepthook
        sys.excepthook = self._take
        threading.excepthook = self._take_of_thread

    @property
    def note_action(self) -> Callable[[str], None]:
        """Notes the name of an action for later reports."""
        return self._trail.note_action

    def tell(self, on_report: Callable[[], None]) -> None:
        """Have a function called after every report, on the thread that failed."""
        self._on_report = on_report

    def report(self, error: BaseException, where: str) -> None:
        """Write a report of an error; one of the same place is reported once in a run, and five at most."""
        lines = crash_words.lines_of(error)
        with self._lock:
            if tuple(lines) in self._told or len(self._told) >= _MOST_OF_ONE_RUN:
                return
            self._told.add(tuple(lines))
        self._trail.note_error()
        after = time.monotonic() - self._begun
        text = report_text(where, facts(), datetime.now(UTC), after, self._trail.last_actions, lines)
        path = crash_folder.keep(self.folder, text)
        # The standard traceback would write the message, which may name a patient, into a log of the desktop.
        if sys.stderr is not None:
            sys.stderr.write(f"{text}\n" if path is None else f"{text}\nThis report is kept as {path}\n")
        if self._on_report is not None:
            self._on_report()

    def close(self) -> None:
        """End in order: the hooks are as they were, and no trail is left."""
        sys.excepthook, threading.excepthook = self._hooks
        self._trail.close()

    def _take(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._hooks[0](kind, error, trace)
        else:
            self.report(error.with_traceback(trace), "error in the window")

    def _take_of_thread(self, ended: threading.ExceptHookArgs) -> None:
        if ended.exc_value is not None:
            name = ended.thread.name.rstrip("0123456789_- ") if ended.thread else "?"
            self.report(ended.exc_value, f"error on a thread ({name})")


def facts() -> str:
    """Return version and system on one line."""
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return f"CXR Viewer {__version__}, Python {platform.python_version()}, {system}"


def report_text(
    where: str, facts_of_run: str, when: datetime, after_s: float, actions: tuple[str, ...], lines: list[str]
) -> str:
    """Return a report."""
    head = [
        "CXR Viewer: crash report",
        "It names code and actions only; nothing of a patient, a reader or a file is in it. It is sent nowhere.",
        "",
        f"what: {where}",
        f"when: {when:%Y-%m-%d %H:%M} UTC, {after_s:.0f} s after the start",
        f"program: {facts_of_run}",
        f"last actions: {', '.join(actions) or 'none'}",
        "",
    ]
    return "\n".join([*head, *lines, ""])
