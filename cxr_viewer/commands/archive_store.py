"""Where a scan leaves what it found for the viewer: instances in the journal, candidates in the user's cache."""

from pathlib import Path
from types import TracebackType
from typing import Self

from cxr_viewer.core import disagreement
from cxr_viewer.core.candidates import Candidates, DetectorFacts
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.scan.scanned_file import ScannedFile
from cxr_viewer.store.candidate_cache import CandidateCache, FileStamp, KnownFile
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.locations import default_cache_path
from cxr_viewer.store.records import KnownInstance


class ArchiveStore:
    """A journal and the cache of candidates, so that the viewer opens a scanned archive with its detections.

    Raises:
        StoreError: the journal cannot be opened or written.
    """

    def __init__(self, journal: Path) -> None:
        self._journal = Journal.open(journal)
        self._cache = CandidateCache(default_cache_path())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cache.close()
        self._journal.close()

    def keep(self, scanned: ScannedFile, candidates: Candidates, detector: DetectorFacts) -> None:
        """Register an instance and keep its candidates, with how far the detector's members disagree."""
        key, path = InstanceKey(scanned.instance_key), Path(scanned.stamp.path)
        dispute = disagreement.of(candidates, detector.thresholds)
        self._cache.put(key, detector.digest, candidates, dispute)
        stamp = FileStamp(path, scanned.stamp.size, scanned.stamp.changed_ns)
        self._cache.remember_file(stamp, KnownFile(key, scanned.rows, scanned.columns))
        self._journal.remember_instance(
            KnownInstance(
                key, scanned.rows, scanned.columns, path, scanned.sop_instance_uid, scanned.study_instance_uid
            )
        )
