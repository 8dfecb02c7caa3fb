"""Where a scan leaves what it found for the viewer: instances in the journal, candidates in the user's cache."""

import time
from pathlib import Path
from types import TracebackType
from typing import Self

from cxr_viewer.core import disagreement
from cxr_viewer.core.candidates import Candidates, DetectorFacts
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.scan.scanned_file import ScannedFile
from cxr_viewer.store.candidate_cache import CandidateCache, KnownFile, ReadFile
from cxr_viewer.store.file_stamp import FileStamp
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.locations import default_cache_path
from cxr_viewer.store.records import KnownInstance

_TOGETHER = 64
"""Images written in one transaction each of journal and cache: a wait for the disk is as long as one detection."""

_SECONDS = 5.0
"""Nothing waits longer than this to be written, as long as images come."""


class ArchiveStore:
    """A journal and the cache of candidates, so that the viewer opens a scanned archive with its detections.

    What was kept is written in batches, the last one on leaving, however the scan ended. Whoever kills the process
    loses at most a batch: those images are read by the network again when the viewer shows them.

    Raises:
        StoreError: the journal cannot be opened or written.
    """

    def __init__(self, journal: Path) -> None:
        self._journal = Journal.open(journal)
        self._cache = CandidateCache(default_cache_path())
        self._waiting: list[tuple[KnownInstance, ReadFile]] = []
        self._digest = ""
        self._written = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.write()
        finally:
            self._cache.close()
            self._journal.close()

    def keep(self, scanned: ScannedFile, candidates: Candidates, detector: DetectorFacts) -> None:
        """Register an instance and keep its candidates, with how far the detector's members disagree."""
        key, path = InstanceKey(scanned.instance_key), Path(scanned.stamp.path)
        dispute = disagreement.of(candidates, detector.thresholds)
        stamp = FileStamp(path, scanned.stamp.size, scanned.stamp.changed_ns)
        known = KnownFile(key, scanned.rows, scanned.columns)
        instance = KnownInstance(
            key, scanned.rows, scanned.columns, path, scanned.sop_instance_uid, scanned.study_instance_uid
        )
        self._digest = detector.digest
        self._waiting.append((instance, ReadFile(stamp, known, candidates, dispute)))
        if len(self._waiting) >= _TOGETHER or time.monotonic() - self._written > _SECONDS:
            self.write()

    def write(self) -> None:
        """Bring to the disk what waits."""
        waiting, self._waiting = self._waiting, []
        self._written = time.monotonic()
        if waiting:
            self._cache.put_read(self._digest, [read for _, read in waiting])
            self._journal.remember_instances([instance for instance, _ in waiting])
