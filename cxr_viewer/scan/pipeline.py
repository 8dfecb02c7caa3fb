"""Reads archives: files are prepared ahead in threads and child processes while the detector works; rows keep order."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from cxr_viewer.core.candidates import Candidates, Detector, Thresholds
from cxr_viewer.core.gate import learned_verdict
from cxr_viewer.core.suppression import select
from cxr_viewer.dicom.decoding import DecodingPool
from cxr_viewer.scan.preparation import Prepared, prepare
from cxr_viewer.scan.resume import Ledger
from cxr_viewer.scan.scanned_file import ScannedFile, Stamp, Status, found_boxes
from cxr_viewer.scan.thumbnail import data_uri

_AHEAD = 2
"""Files in flight per worker: one that is decoded and one that waits for the detector. Bounds the memory."""


@dataclass(frozen=True, slots=True)
class Candidature:
    """An image that was read, for whoever keeps candidates: its row and everything the ensemble found in it."""

    scanned: ScannedFile
    candidates: Candidates


@dataclass(slots=True)
class Timing:
    """Seconds spent, summed over files; preparation overlaps with detection."""

    preparation: float = 0.0
    detection: float = 0.0
    detected: int = field(default=0)
    reused: int = 0


def scan_files(
    files: Iterable[Path],
    detector: Detector,
    thresholds: Thresholds,
    ledger: Ledger,
    workers: int,
    wants_thumbnail: Callable[[float], bool],
    keep: Callable[[Candidature], None],
    timing: Timing,
) -> Iterator[ScannedFile]:
    """Yield the row of every file, in the order of ``files``; new rows are in the ledger when they are yielded.

    Args:
        files: regular files.
        detector: used from this thread only.
        thresholds: what makes a detection of a candidate.
        ledger: rows of earlier runs; new ones are appended.
        workers: decoding processes.
        wants_thumbnail: whether an image with this best score needs a thumbnail.
        keep: told every image that was read in this run.
        timing: summed up while the scan runs.

    Raises:
        DetectorError: the engine failed.
        OSError: the disk is full or not writable.
    """
    detection = _Detection(detector, thresholds, ledger, wants_thumbnail, keep, timing)
    with _threads(workers) as threads, DecodingPool(workers) as pool:  # the pool ends first, which wakes the threads
        for entry in _ahead(files, ledger, lambda path: threads.submit(prepare, path, pool.decode), workers * _AHEAD):
            if isinstance(entry, ScannedFile):
                timing.reused += 1
                yield entry
                continue
            prepared = entry.result()
            timing.preparation += prepared.scanned.seconds
            scanned = detection.run(prepared)
            ledger.append(scanned)
            yield scanned


@contextmanager
def _threads(workers: int) -> Iterator[ThreadPoolExecutor]:
    threads = ThreadPoolExecutor(workers, thread_name_prefix="prepare")
    try:
        yield threads
    finally:
        threads.shutdown(wait=True, cancel_futures=True)


def _ahead(
    files: Iterable[Path], ledger: Ledger, submit: Callable[[Path], Future[Prepared]], limit: int
) -> Iterator[ScannedFile | Future[Prepared]]:
    """Yield what is known or on its way for each file, keeping ``limit`` files in flight."""
    waiting: deque[ScannedFile | Future[Prepared]] = deque()
    for path in files:
        waiting.append(ledger.unchanged(Stamp.of(path)) or submit(path))
        if len(waiting) >= limit:
            yield waiting.popleft()
    yield from waiting


@dataclass(frozen=True, slots=True)
class _Detection:
    detector: Detector
    thresholds: Thresholds
    ledger: Ledger
    wants_thumbnail: Callable[[float], bool]
    keep: Callable[[Candidature], None]
    timing: Timing

    def run(self, prepared: Prepared) -> ScannedFile:
        """Return the complete row of a prepared file."""
        scanned, image = prepared.scanned, prepared.image
        if image is None:
            return scanned
        known = self.ledger.same_content(scanned.presentation)
        if known is not None:
            self.timing.reused += 1
            return replace(
                scanned,
                status=known.status,
                reason=known.reason,
                opacity_probability=known.opacity_probability,
                top_score=known.top_score,
                detections=known.detections,
                thumbnail=known.thumbnail,
            )
        begun = time.perf_counter()
        candidates = self.detector.detect(image)
        detections = select(candidates, self.thresholds, self.detector.rules)
        seconds = time.perf_counter() - begun
        self.timing.detection += seconds
        self.timing.detected += 1
        verdict = learned_verdict(candidates.gate)
        if verdict.withheld:
            withheld = replace(
                scanned, status=Status.WITHHELD, reason=verdict.reason, seconds=scanned.seconds + seconds
            )
            self.keep(Candidature(withheld, candidates))
            return withheld
        done = replace(
            scanned,
            status=Status.OK,
            opacity_probability=candidates.opacity_probability,
            top_score=candidates.top_score,
            detections=found_boxes(detections),
            seconds=scanned.seconds + seconds,
            thumbnail=data_uri(image) if self.wants_thumbnail(candidates.top_score) else "",
        )
        self.keep(Candidature(done, candidates))
        return done
