"""What happens to a file when it is done, wherever the work was done: ledger, whoever keeps candidates, time."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from cxr_viewer.scan.detection import Candidature
from cxr_viewer.scan.preparation import Prepared
from cxr_viewer.scan.resume import Ledger
from cxr_viewer.scan.scanned_file import ScannedFile, Stamp, Status


@dataclass(slots=True)
class Timing:
    """Seconds spent, summed over files and whoever worked on them at the same time.

    Attributes:
        preparation, detection: seconds of the two stages.
        prepared, detected: files that went through them.
        writing: seconds of ledger and of whoever keeps candidates.
        reused_unread: files whose row came from an earlier run without a look at them.
        reused: these, and files whose detections came from an earlier run.
    """

    preparation: float = 0.0
    detection: float = 0.0
    prepared: int = 0
    detected: int = 0
    writing: float = 0.0
    reused_unread: int = 0
    reused: int = 0


@dataclass(frozen=True, slots=True)
class Settling:
    """Takes in files that are done; used by one thread.

    Attributes:
        ledger: rows of earlier runs; new ones are appended.
        wants_thumbnail: whether an image with this best score needs a thumbnail.
        keep: told every image that the detector read in this run.
        timing: summed up while the scan runs.
    """

    ledger: Ledger
    wants_thumbnail: Callable[[float], bool]
    keep: Callable[[Candidature], None]
    timing: Timing = field(default_factory=Timing)

    def unchanged(self, stamp: Stamp) -> ScannedFile | None:
        """Return the row of a file that needs not even be opened, None when it must be prepared."""
        row = self.ledger.unchanged(stamp)
        if row is not None:
            self.timing.reused += 1
            self.timing.reused_unread += 1
        return row

    def prepared(self, prepared: Prepared) -> ScannedFile | None:
        """Take in a file; return its row when it is done without the detector, None when that must read it."""
        scanned = prepared.scanned
        self.timing.preparation += scanned.seconds
        self.timing.prepared += 1
        if prepared.network_input is None:
            return self._done(scanned)
        known = self.ledger.same_content(scanned.presentation)
        if known is None:
            return None
        self.timing.reused += 1
        return self._done(
            replace(
                scanned,
                status=known.status,
                reason=known.reason,
                opacity_probability=known.opacity_probability,
                top_score=known.top_score,
                detections=known.detections,
            )
        )

    def detected(self, read: Candidature) -> ScannedFile:
        """Take in an image that the detector has read, and return its row."""
        self.timing.detection += read.seconds
        self.timing.detected += 1
        row = self._done(read.scanned)
        begun = time.perf_counter()
        self.keep(read)
        self.timing.writing += time.perf_counter() - begun
        return row

    def _done(self, scanned: ScannedFile) -> ScannedFile:
        shown = scanned.status is Status.OK and self.wants_thumbnail(scanned.top_score or 0.0)
        row = scanned if shown or not scanned.thumbnail else replace(scanned, thumbnail="")
        begun = time.perf_counter()
        self.ledger.append(row)
        self.timing.writing += time.perf_counter() - begun
        return row
