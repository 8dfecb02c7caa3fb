"""Decodes in child processes with a time and a memory limit, because image decoders are where hostile files strike.

The pool is pebble's. What is added here: children that start without the program's main module (no Qt, no torch) and
deaf to Ctrl-C, pixels that come back through shared memory, and errors in words. A scan lets the children do more with
a file than decode it, and has small values back through the pipe (`call`). On POSIX the parent names the shared
memory before the child makes it, so that it can be removed even when the child died over it; on Windows, where shared
memory vanishes with its last user, pixels come back through the pipe. This process imports no decoder and no pydicom.
"""

import itertools
import os
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import pebble
from numpy.typing import NDArray

from cxr_viewer.dicom import decoding_child
from cxr_viewer.dicom.bare_process import BareSpawnContext
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.dicom.pixel_header import DecodedInstance

__all__ = ["DecodingPool", "DicomReadError"]

DEFAULT_TIMEOUT_S = 30.0
DEFAULT_MEMORY_LIMIT = 2 * 1024**3

_SHARES_MEMORY = os.name == "posix"

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class _Task(Generic[_Result]):
    """One attempt: what a child is asked, and how its answer becomes the result.

    ``finish`` is called exactly once, with None when the child gave no answer, and cleans up in every case.
    """

    function: Callable[..., Any]
    arguments: tuple[object, ...]
    finish: Callable[[Any], _Result | None]


class DecodingPool:
    """Child processes that decode; may be used from several threads at once.

    Args:
        workers: processes.
        timeout_s: wall-clock seconds for one file, counted from when a child begins with it.
        memory_limit_bytes: address space that a child may take for decoding beyond what it has after its start; POSIX
            only (macOS does not enforce it).
        threads: threads of the JPEG 2000 decoder in each child.
    """

    def __init__(
        self,
        workers: int = 2,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        memory_limit_bytes: int = DEFAULT_MEMORY_LIMIT,
        threads: int = decoding_child.DEFAULT_THREADS,
    ) -> None:
        self._workers = workers
        self._timeout_s = timeout_s
        self._memory_limit = memory_limit_bytes
        self._threads = threads
        self._lock = threading.Lock()
        self._closed = False
        self._numbers = itertools.count()
        self._prefix = f"cxr{os.getpid():x}{secrets.token_hex(3)}"
        self._open: set[Future[Any]] = set()
        self._pool = self._new_pool()

    def _new_pool(self) -> pebble.ProcessPool:
        return pebble.ProcessPool(
            max_workers=self._workers,
            initializer=decoding_child.prepare,
            initargs=(self._memory_limit, self._threads),
            context=BareSpawnContext(),
        )

    def warm_up(self) -> None:
        """Start the children now, and return without waiting for them."""
        for _ in range(self._workers):
            self._schedule(decoding_child.idle, ())

    def decode(self, path: Path, frame: int = 1) -> DecodedInstance:
        """Decode a file and wait for it.

        Raises:
            DicomReadError: "could not be decoded: ...", with the reason.
        """
        return self.submit(path, frame).result()

    def submit(self, path: Path, frame: int = 1) -> "Future[DecodedInstance]":
        """Decode a file in the background; the future raises DicomReadError as `decode` does.

        Files are sent to the children at once, so cancelling a future does not stop the work; its pixels are dropped.
        """
        return self._run(lambda: self._decoding(path, frame))

    def call(self, function: Callable[..., _Result], *arguments: object) -> "Future[_Result]":
        """Let a child do something else with a file, under the same limits; the future raises DicomReadError.

        Args:
            function: of a module that children can import by its name; it answers with something small.
            arguments: what it is called with, picklable.
        """
        return self._run(lambda: _Task(function, arguments, _as_it_is))

    def close(self) -> None:
        """Stop the children at once; futures that are not done fail with DicomReadError."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        _dispose(self._pool)
        for future in tuple(self._open):
            future.cancel()

    def __enter__(self) -> "DecodingPool":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _decoding(self, path: Path, frame: int) -> _Task[DecodedInstance]:
        name = f"{self._prefix}{next(self._numbers):x}" if _SHARES_MEMORY else ""
        return _Task(decoding_child.decode, (str(path), frame, name), lambda answer: _decoded(name, answer))

    def _run(self, attempt: Callable[[], _Task[_Result]]) -> "Future[_Result]":
        outer: Future[_Result] = Future()
        self._start(outer, attempt, may_retry=True)
        return outer

    def _start(self, outer: "Future[_Result]", attempt: Callable[[], _Task[_Result]], may_retry: bool) -> None:
        task = attempt()
        inner = self._schedule(task.function, task.arguments)

        def deliver(done: "Future[Any]") -> None:
            # Not "inner": a callback that names its own future is a ring, and keeps the pixels until a collection.
            self._open.discard(done)
            broken = not done.cancelled() and isinstance(done.exception(), BrokenProcessPool)
            if broken and may_retry and not self._closed:
                task.finish(None)
                self._start(outer, attempt, may_retry=False)
            else:
                self._deliver(done, outer, task)

        self._open.add(inner)
        inner.add_done_callback(deliver)

    def _schedule(self, function: Callable[..., object], arguments: tuple[object, ...]) -> "Future[Any]":
        with self._lock:
            if self._closed:
                raise DicomReadError("could not be decoded: the program is closing")
            try:
                return self._submitted(function, arguments)
            except RuntimeError:
                # pebble gives a pool up when a child dies idle (killed by the system, say); begin a new one.
                threading.Thread(target=_dispose, args=(self._pool,), daemon=True).start()
                self._pool = self._new_pool()
                return self._submitted(function, arguments)

    def _submitted(self, function: Callable[..., object], arguments: tuple[object, ...]) -> "Future[Any]":
        future: Future[Any] = self._pool.schedule(function, args=arguments, timeout=self._timeout_s)
        return future

    def _deliver(self, done: "Future[Any]", outer: "Future[_Result]", task: _Task[_Result]) -> None:
        """Hand over the result or the error in words."""
        error: BaseException | None = None
        if done.cancelled():
            error = DicomReadError("could not be decoded: the program is closing")
        elif (raised := done.exception()) is not None:
            error = self._in_words(raised)
        # Finishing removes shared memory, so it is done for errors and cancelled futures too.
        found = task.finish(None if error is not None else done.result())
        if not outer.set_running_or_notify_cancel():
            return
        if error is None and found is not None:
            outer.set_result(found)
        else:
            outer.set_exception(error or DicomReadError("could not be decoded: its pixels were lost on the way"))

    def _in_words(self, raised: BaseException) -> DicomReadError:
        if isinstance(raised, DicomReadError):
            said = str(raised)
        elif isinstance(raised, FutureTimeoutError):
            said = f"the decoder did not finish within {self._timeout_s:g} seconds"
        elif isinstance(raised, pebble.ProcessExpired):
            said = "the decoder crashed"
        elif isinstance(raised, MemoryError):
            said = f"it needs more than {self._memory_limit >> 20} MB of memory"
        else:
            said = f"the decoder failed ({type(raised).__name__})"
        error = DicomReadError(f"could not be decoded: {said}")
        error.__cause__ = raised
        return error


def _dispose(pool: pebble.ProcessPool) -> None:
    pool.stop()
    pool.join()


def _as_it_is(answer: _Result | None) -> _Result | None:
    return answer


def _decoded(name: str, answer: decoding_child.Answer | None) -> DecodedInstance | None:
    """Take the pixels out of the shared memory, which removes it whatever happened."""
    found = _take(name, answer)
    return None if answer is None or found is None else DecodedInstance(answer.key, found, answer.header)


def _take(name: str, answer: decoding_child.Answer | None) -> NDArray[np.generic] | None:
    """Copy the pixels out of the shared memory, if there is any, and remove it."""
    if not name:
        return answer.pixels if answer is not None else None
    try:
        memory = SharedMemory(name)
    except FileNotFoundError:
        return None
    try:
        if answer is None:
            return None
        return np.ndarray(answer.shape, np.dtype(answer.dtype), buffer=memory.buf).copy()
    finally:
        memory.close()
        memory.unlink()
