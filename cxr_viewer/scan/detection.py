"""From prepared files to finished rows: the stage that holds the detector, the same wherever it runs."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cxr_viewer.core.candidates import Candidates, Detector, Thresholds, never
from cxr_viewer.core.gate import learned_verdict
from cxr_viewer.core.suppression import select
from cxr_viewer.scan.preparation import Prepared
from cxr_viewer.scan.scanned_file import ScannedFile, Status, found_boxes


@dataclass(frozen=True, slots=True)
class Candidature:
    """An image that was read by the detector: its row and everything the ensemble found in it.

    Attributes:
        scanned: complete, with a thumbnail.
        candidates: before thresholds.
        seconds: this image's share of the detector's time.
    """

    scanned: ScannedFile
    candidates: Candidates
    seconds: float


@dataclass(frozen=True, slots=True)
class Detection:
    """The detector with the thresholds that make detections of its candidates."""

    detector: Detector
    thresholds: Thresholds

    def run(self, batch: Sequence[Prepared], should_stop: Callable[[], bool] = never) -> list[Candidature]:
        """Return what became of each file of a batch, in order; several threads may call at once.

        Args:
            batch: files that have a network input.
            should_stop: asked between members.

        Raises:
            DetectionStopped: ``should_stop`` answered yes.
            DetectorError: the engine failed.
        """
        begun = time.perf_counter()
        inputs = [prepared.network_input for prepared in batch if prepared.network_input is not None]
        found = self.detector.detect_batch(inputs, should_stop)
        rows = [self._row(prepared.scanned, candidates) for prepared, candidates in zip(batch, found, strict=True)]
        seconds = (time.perf_counter() - begun) / max(len(rows), 1)
        return [
            Candidature(replace(row, seconds=row.seconds + seconds), candidates, seconds)
            for row, candidates in zip(rows, found, strict=True)
        ]

    def _row(self, scanned: ScannedFile, candidates: Candidates) -> ScannedFile:
        verdict = learned_verdict(candidates.gate)
        if verdict.withheld:
            return replace(scanned, status=Status.WITHHELD, reason=verdict.reason)
        return replace(
            scanned,
            status=Status.OK,
            opacity_probability=candidates.opacity_probability,
            top_score=candidates.top_score,
            detections=found_boxes(select(candidates, self.thresholds, self.detector.rules)),
        )
