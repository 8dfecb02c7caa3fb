"""One scan from the paths that were named to the five files: finds, reads, writes, sums up."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cxr_viewer import __version__
from cxr_viewer.core.candidates import DetectorFacts, Thresholds
from cxr_viewer.core.findings import now
from cxr_viewer.dicom.catalogue import find_files
from cxr_viewer.scan.detection import Candidature
from cxr_viewer.scan.report import Report, ReportFacts
from cxr_viewer.scan.results import ResultFiles
from cxr_viewer.scan.resume import Ledger
from cxr_viewer.scan.runner import Runner
from cxr_viewer.scan.scanned_file import ScannedFile, Status
from cxr_viewer.scan.settling import Settling, Timing

NOTICE = "Research use, not a medical device."


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """What a scan was asked to do.

    Attributes:
        paths: files and folders; they exist.
        out: folder of the results, as ``resume.prepare_out`` left it.
        thresholds: what makes a detection of a candidate.
        learned_from: what the ensemble was trained on, a sentence that is shown wherever its output is.
    """

    paths: tuple[Path, ...]
    out: Path
    thresholds: Thresholds
    learned_from: str = ""


@dataclass(frozen=True, slots=True)
class ScanSummary:
    """What came of a scan."""

    counts: Counter[Status]
    detections: int
    reused: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ScanListeners:
    """Who watches a scan: the number of files when it is known, then every row; and who keeps candidates."""

    on_found: Callable[[int], None]
    on_file: Callable[[ScannedFile], None]
    keep: Callable[[Candidature], None]


def scan_archive(settings: ScanSettings, runner: Runner, listeners: ScanListeners) -> ScanSummary:
    """Let a runner read every file below the paths, and write the five result files.

    Raises:
        OutFolderError: the results in the folder were begun under other terms.
        DetectorError: the engine failed; what was read so far can be resumed.
        RunnerError: the workers cannot be had; what was read so far can be resumed.
        OSError: the disk is full or not writable; what was read so far can be resumed.
    """
    started, begun = now(), time.perf_counter()
    files = list(_files(settings.paths, settings.out))
    listeners.on_found(len(files))
    report, timing = Report(), Timing()
    counts: Counter[Status] = Counter()
    detections = 0
    with Ledger(settings.out, _terms(settings, runner.facts)) as ledger, ResultFiles(settings.out) as results:
        settling = Settling(ledger, report.wants, listeners.keep, timing)
        with closing(runner.rows(files, settling)) as rows:
            for scanned in rows:
                results.add(scanned)
                report.add(scanned)
                counts[scanned.status] += 1
                detections += len(scanned.detections)
                listeners.on_file(scanned)
        ledger.sync()
        summary = ScanSummary(counts, detections, timing.reused, time.perf_counter() - begun)
        finished = now()
        results.finish(
            report.page(_facts(settings, runner.facts, finished)),
            _summary(settings, runner, summary, timing, (started, finished)),
        )
    return summary


def _files(paths: Sequence[Path], out: Path) -> Iterator[Path]:
    """Yield every regular file once, absolute, in the order of finding, without what scans wrote into ``out``."""
    own = os.path.join(os.path.abspath(out), "")  # noqa: PTH100, PTH118 - resolve() would follow links; paths stay as given
    for path in find_files([Path(os.path.abspath(path)) for path in paths]):  # noqa: PTH100
        if not str(path).startswith(own):
            yield path


def _terms(settings: ScanSettings, detector: DetectorFacts) -> dict[str, Any]:
    thresholds = settings.thresholds
    return {
        "program version": __version__,
        "bundle": detector.digest,
        "score": thresholds.score,
        "overlap": thresholds.overlap,
        "size": thresholds.size_text,
    }


def _facts(settings: ScanSettings, detector: DetectorFacts, finished: datetime) -> ReportFacts:
    thresholds = settings.thresholds
    return ReportFacts(
        bundle=detector.name,
        learned_from=settings.learned_from,
        device=detector.device,
        thresholds=f"score {thresholds.score:g}, overlap {thresholds.overlap:g}, size {thresholds.size_text}",
        finished=finished.strftime("%Y-%m-%d %H:%M UTC"),
        version=__version__,
    )


def _summary(
    settings: ScanSettings,
    runner: Runner,
    summary: ScanSummary,
    timing: Timing,
    times: tuple[datetime, datetime],
) -> dict[str, Any]:
    thresholds, detector = settings.thresholds, runner.facts
    rules = detector.rules
    device, backend, precision = engine_words(detector.device)
    size = "mean" if thresholds.size is None else thresholds.size
    return {
        "format_version": 1,
        "program": f"cxr-scan {__version__}",
        "notice": NOTICE,
        "bundle": {"id": detector.name, "digest": detector.digest, "learned_from": settings.learned_from},
        "thresholds": {"score": thresholds.score, "overlap": thresholds.overlap, "size": size},
        "selection": {"relative": rules.relative, "scale": rules.scale},
        "members": detector.members,
        "device": device,
        "backend": backend,
        "precision": precision,
        **runner.summary,
        "paths": [os.path.abspath(path).encode("utf-8", "backslashreplace").decode() for path in settings.paths],  # noqa: PTH100
        "started": times[0].isoformat(timespec="seconds"),
        "finished": times[1].isoformat(timespec="seconds"),
        "counts": {
            "files": summary.counts.total(),
            **{str(status): summary.counts[status] for status in Status},
            "detections": summary.detections,
            "reused": summary.reused,
        },
        "timings": _timings(summary, timing),
    }


def _timings(summary: ScanSummary, timing: Timing) -> dict[str, float | None]:
    """Tell where the time went; stages overlap, so that their seconds add up to more than passed."""
    fresh = summary.counts.total() - timing.reused_unread
    return {
        "total_seconds": round(summary.seconds, 3),
        "files_per_second": round(fresh / summary.seconds, 2) if fresh and summary.seconds else None,
        "preparation_seconds": round(timing.preparation, 3),
        "seconds_per_preparation": round(timing.preparation / timing.prepared, 4) if timing.prepared else None,
        "detection_seconds": round(timing.detection, 3),
        "seconds_per_detection": round(timing.detection / timing.detected, 4) if timing.detected else None,
        "writing_seconds": round(timing.writing, 3),
    }


def engine_words(device: str) -> tuple[str, str, str]:
    """Split a detector's words ("CPU · OpenVINO bf16 · 2 cores") into device, engine and precision."""
    parts = [*device.split(" · "), ""]
    backend, _, precision = parts[1].partition(" ")
    return parts[0], backend, precision
