"""Reads archives on this machine: children prepare files, threads run the detector, and this thread settles the rows.

The three overlap. Rows come in the order of the files; a file that takes long holds back nothing but the yielding of
the rows behind it, until `_ROWS_HELD` of them wait.
"""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from cxr_viewer.dicom.decoding import DecodingPool
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.scan.detection import Candidature, Detection
from cxr_viewer.scan.preparation import Prepared, failed, prepare
from cxr_viewer.scan.scanned_file import ScannedFile, Stamp
from cxr_viewer.scan.settling import Settling

_IN_FLIGHT = 64
"""Files that are being prepared, wait for the detector or are with it: a square and a thumbnail each, below 300 kB."""

_ROWS_HELD = 2048
"""Rows that may wait behind a slow file: some 15 kB each at most. What is slow is given up after 30 seconds."""


def scan_files(
    files: Iterable[Path], detection: Detection, settling: Settling, pool: DecodingPool
) -> Generator[ScannedFile, None, None]:
    """Yield the row of every file, in the order of ``files``; new rows are in the ledger when they are yielded.

    Args:
        files: regular files.
        detection: its detector is called by as many threads as it can use.
        settling: told by this thread what is done.
        pool: the children that prepare.

    Raises:
        DetectorError: the engine failed.
        OSError: the disk is full or not writable.
    """
    with _Stages(detection, pool) as stages:
        held: deque[_Place] = deque()
        for path in files:
            stamp = Stamp.of(path)
            place = _Place(stamp, settling.unchanged(stamp))
            held.append(place)
            if place.row is None:
                stages.prepare(path, place)
            while stages.in_flight >= _IN_FLIGHT or (len(held) >= _ROWS_HELD and held[0].row is None):
                stages.advance(settling)
            yield from _ready(held)
        while held:
            if held[0].row is None:
                stages.advance(settling)
            yield from _ready(held)


@dataclass(slots=True)
class _Place:
    """A file's place in the order, and its row as soon as there is one."""

    stamp: Stamp
    row: ScannedFile | None


def _ready(held: deque[_Place]) -> Iterator[ScannedFile]:
    while held and (row := held[0].row) is not None:
        held.popleft()
        yield row


class _Stages:
    """The children and the detector's threads; what they have done arrives in one queue."""

    def __init__(self, detection: Detection, pool: DecodingPool) -> None:
        self._detection = detection
        self._side = detection.detector.input_side
        self._pool = pool
        self._threads = ThreadPoolExecutor(thread_name_prefix="detect")
        self._stopping = threading.Event()
        self._arrived: SimpleQueue[Callable[[Settling], None]] = SimpleQueue()
        self._waiting: deque[tuple[_Place, Prepared]] = deque()
        self._calls_running = 0
        self.in_flight = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def prepare(self, path: Path, place: _Place) -> None:
        """Let a child begin with a file."""
        self.in_flight += 1
        future = self._pool.call(prepare, path, self._side)
        future.add_done_callback(
            lambda done: self._arrived.put(lambda settling: self._take_prepared(place, done, settling))
        )

    def advance(self, settling: Settling) -> None:
        """Wait until something has arrived, settle it, and give the detector what it can take."""
        self._arrived.get()(settling)
        while self._waiting and self._may_call():
            self._call()

    def _take_prepared(self, place: _Place, done: "Future[Prepared]", settling: Settling) -> None:
        try:
            prepared = done.result()
        except DicomReadError as error:  # the child died over the file, took too long or too much memory
            prepared = failed(place.stamp, str(error))
        place.row = settling.prepared(prepared)
        if place.row is None:
            self._waiting.append((place, prepared))
        else:
            self.in_flight -= 1

    def _may_call(self) -> bool:
        """Every thread has a call, and one full batch more waits at its door so that no thread is ever idle."""
        detector = self._detection.detector  # asked each time: what ran on a GPU may go on on the CPU
        is_full = len(self._waiting) >= detector.batch_size
        calls = detector.calls_at_once
        return self._calls_running < calls or (self._calls_running == calls and is_full)

    def _call(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(self._detection.detector.batch_size, len(self._waiting)))]
        places = [place for place, _ in batch]
        self._calls_running += 1
        future = self._threads.submit(self._detection.run, [prepared for _, prepared in batch], self._stopping.is_set)
        future.add_done_callback(
            lambda done: self._arrived.put(lambda settling: self._take_detected(places, done, settling))
        )

    def _take_detected(self, places: list[_Place], done: "Future[list[Candidature]]", settling: Settling) -> None:
        self._calls_running -= 1
        for place, read in zip(places, done.result(), strict=True):
            place.row = settling.detected(read)
            self.in_flight -= 1
