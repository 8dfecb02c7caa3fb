"""Runs plain functions off the GUI thread and delivers their answers on it.

A standard thread pool and one relay signal on a long-lived object. The work is a function of values: it never sees a
widget, the session or the store. (Reported lifetime bugs of QRunnable and of worker objects are the reason.)
"""

import logging
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

Answer = TypeVar("Answer")

_log = logging.getLogger(__name__)


def ignore_answer(_answer: object) -> None:
    """Take an answer that nobody waits for."""


def ignore_error(_error: BaseException) -> None:
    """Take an error that nobody waits for."""


class BackgroundTasks(QObject):
    """A pool of named threads whose results arrive on the thread this object lives in."""

    _ended = Signal(object)

    def __init__(self, name: str, workers: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self._executor = ThreadPoolExecutor(max_workers=workers, thread_name_prefix=name)
        self._waiting: set[Future[Any]] = set()
        self._closed = False
        self.unexpected: Callable[[BaseException], None] = ignore_error
        """Told of every error that a call ended with, besides whoever asked for the call."""
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs, waits or still has to be delivered."""
        return not self._waiting

    def submit(
        self,
        call: Callable[[], Answer],
        on_done: Callable[[Answer], None] = ignore_answer,
        on_error: Callable[[BaseException], None] = ignore_error,
    ) -> "Future[Answer]":
        """Run ``call`` on a pool thread, then ``on_done`` or ``on_error`` on the thread of this object.

        A cancelled future delivers nothing. After ``close`` nothing is delivered any more.

        Raises:
            RuntimeError: the tasks are closed.
        """
        future = self._executor.submit(call)
        self.follow(future, on_done, on_error)
        return future

    def follow(
        self,
        future: "Future[Answer]",
        on_done: Callable[[Answer], None] = ignore_answer,
        on_error: Callable[[BaseException], None] = ignore_error,
    ) -> None:
        """Deliver the answer of a future that somebody else made, in the same way."""
        self._waiting.add(future)
        future.add_done_callback(lambda ended: self._relay((ended, on_done, on_error)))

    def report(self, call: Callable[[], None]) -> None:
        """From a pool thread: run ``call`` on the thread of this object (progress)."""
        self._relay(call)

    def _relay(self, message: object) -> None:
        if not self._closed:
            self._ended.emit(message)

    @Slot(object)
    def _deliver(self, message: Any) -> None:  # noqa: ANN401 - what Signal(object) carries
        if self._closed:
            return
        if callable(message):
            message()
            return
        future, on_done, on_error = message
        self._waiting.discard(future)
        try:
            answer = future.result()
        except CancelledError:
            return
        except Exception as error:  # noqa: BLE001 - the one relay of errors from threads; the listener names them
            _log.debug("A background task ended with %s.", type(error).__name__)
            self.unexpected(error)
            on_error(error)
            return
        on_done(answer)

    def close(self) -> None:
        """Cancel what waits, let what runs end, deliver nothing any more."""
        self._closed = True
        self._waiting.clear()
        self._executor.shutdown(wait=True, cancel_futures=True)
