"""Who does the work of a scan: what the writing of its results needs to know of it, and this machine alone."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cxr_viewer.core.candidates import Detector, DetectorFacts, Thresholds
from cxr_viewer.dicom.decoding import DecodingPool
from cxr_viewer.scan.detection import Detection
from cxr_viewer.scan.pipeline import scan_files
from cxr_viewer.scan.scanned_file import ScannedFile
from cxr_viewer.scan.settling import Settling


class Runner(Protocol):
    """Spreads the work of one scan."""

    @property
    def facts(self) -> DetectorFacts:
        """The ensemble that reads; its device is known when the rows have come."""

    @property
    def thresholds(self) -> Thresholds:
        """What makes a detection of a candidate in this scan."""

    @property
    def summary(self) -> Mapping[str, object]:
        """What ``scan.json`` says of who worked, plain values; complete when the rows have come."""

    def rows(self, files: Sequence[Path], settling: Settling) -> Generator[ScannedFile, None, None]:
        """Yield the row of every file once, in the order of ``files``; what is yielded has been settled.

        Raises:
            DetectorError: the engine failed.
            RunnerError: the workers cannot be had.
            OSError: the disk is full or not writable.
        """


@dataclass(frozen=True, slots=True)
class LocalRunner:
    """This machine.

    Attributes:
        detection: the detector, loaded.
        workers: processes that read and decode.
        pool: those processes, where they were started ahead; whoever did closes it.
    """

    detection: Detection
    workers: int
    pool: DecodingPool | None = None

    @property
    def facts(self) -> Detector:
        """The detector itself."""
        return self.detection.detector

    @property
    def thresholds(self) -> Thresholds:
        """What makes a detection of a candidate in this scan."""
        return self.detection.thresholds

    @property
    def summary(self) -> Mapping[str, object]:
        """The name of this runner and its processes, and why another device than the wanted one was used."""
        notice = self.detection.detector.notice
        return {"runner": "local", "workers": self.workers, **({"fell_back": notice} if notice else {})}

    def rows(self, files: Sequence[Path], settling: Settling) -> Generator[ScannedFile, None, None]:
        """Yield the row of every file once, in the order of ``files``."""
        with nullcontext(self.pool) if self.pool is not None else reading_processes(self.workers) as pool:
            yield from scan_files(files, self.detection, settling, pool)


def reading_processes(workers: int) -> DecodingPool:
    """Return the children that prepare files; each core has one, so that a decoder's own threads would only crowd."""
    return DecodingPool(workers, threads=1)
