"""Spawned processes that do not import the program's main module, and are deaf to Ctrl-C from their first moment."""

import contextlib
import multiprocessing
import multiprocessing.context
import signal
import sys
import threading
import types
from collections.abc import Iterator

_starting = threading.Lock()


@contextlib.contextmanager
def _without_main_module() -> Iterator[None]:
    """Hide the program's main module while a child starts, and let the child inherit a blocked SIGINT.

    `multiprocessing` makes a spawned child import the parent's main module again, which in the viewer means Qt and the
    whole window. What children run is imported by its name, so they need no main module. The signal is blocked in
    this thread only, and for good in the child: Ctrl-C in a terminal reaches the whole process group, and a child that
    is still importing would print a traceback.
    """
    with _starting:
        main = sys.modules["__main__"]
        blocked = hasattr(signal, "pthread_sigmask")
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if blocked else set()
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main
            if blocked:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _BareSpawnProcess(multiprocessing.context.SpawnProcess):
    """A spawned process that does not import the parent's main module."""

    def start(self) -> None:
        with _without_main_module():
            super().start()


class BareSpawnContext(multiprocessing.context.SpawnContext):
    """The spawn context with bare processes."""

    Process = _BareSpawnProcess
