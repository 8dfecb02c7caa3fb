"""Files are prepared ahead of the detector, in order, never more at once than the memory allows, and ended cleanly."""

import threading
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pytest
from numpy.typing import NDArray

from cxr_viewer.core.candidates import Candidates
from cxr_viewer.core.gate import GateScore
from cxr_viewer.scan import pipeline
from cxr_viewer.scan.pipeline import Timing, scan_files
from cxr_viewer.scan.preparation import Prepared
from cxr_viewer.scan.resume import Ledger
from cxr_viewer.scan.scanned_file import ScannedFile, Stamp, Status
from tests.factories import THRESHOLDS, FakeDetector, candidates

WORKERS = 2


class _NoPool:
    """Stands in for the decoding processes."""

    def __init__(self, workers: int) -> None:
        assert workers == WORKERS

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def decode(self, path: Path) -> None:
        raise AssertionError("the prepared files of this test are decoded by nobody")


class _Preparation:
    """Counts the files that are prepared and not yet taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.in_flight = self.most_in_flight = 0

    def prepare(self, path: Path, _decode: object) -> Prepared:
        with self._lock:
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
        scanned = ScannedFile(Stamp(str(path)), Status.OK, frame=1, instance_key=path.name, rows=256, columns=224)
        return Prepared(scanned, np.full((256, 224), 100, np.uint8))


class _Detector(FakeDetector):
    """A detector that tells when it takes an image."""

    def __init__(self, on_image: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._on_image = on_image

    def detect(self, image: NDArray[np.uint8], *_: object, **__: object) -> Candidates:
        self._on_image()
        return candidates(rows=256, columns=224)


@pytest.fixture
def preparation(monkeypatch: pytest.MonkeyPatch) -> _Preparation:
    """Files that are prepared at once, without decoding."""
    preparation = _Preparation()
    monkeypatch.setattr(pipeline, "DecodingPool", _NoPool)
    monkeypatch.setattr(pipeline, "prepare", preparation.prepare)
    return preparation


def _scan(
    out: Path, detector: FakeDetector, count: int, timing: Timing | None = None
) -> Generator[ScannedFile, None, None]:
    files = [Path(f"/archive/{index:03}") for index in range(count)]
    with Ledger(out, {}) as ledger:
        yield from scan_files(
            files, detector, THRESHOLDS, ledger, WORKERS, lambda _: False, lambda _: None, timing or Timing()
        )


def test_rows_come_in_the_order_of_the_files(preparation: _Preparation, tmp_path: Path) -> None:
    names = [scanned.name for scanned in _scan(tmp_path, _Detector(), 50)]
    assert names == [f"{index:03}" for index in range(50)]


def test_a_slow_detector_does_not_let_images_pile_up(preparation: _Preparation, tmp_path: Path) -> None:
    def take() -> None:
        preparation.in_flight -= 1

    assert len(list(_scan(tmp_path, _Detector(take), 200))) == 200
    assert 1 < preparation.most_in_flight <= WORKERS * 2


def test_detections_are_in_the_row_and_in_the_ledger(preparation: _Preparation, tmp_path: Path) -> None:
    timing = Timing()
    (scanned,) = _scan(tmp_path, _Detector(), 1, timing)
    assert [round(box.score, 4) for box in scanned.detections] == [0.8, 0.3]
    assert scanned.top_score == pytest.approx(0.8)
    assert timing.detected == 1
    with Ledger(tmp_path, {}) as ledger:
        assert ledger.unchanged(scanned.stamp) == scanned


def test_abandoned_scan_leaves_no_threads(preparation: _Preparation, tmp_path: Path) -> None:
    rows = _scan(tmp_path, _Detector(), 100)
    next(rows)
    rows.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("prepare")]


def test_what_the_gate_withholds_is_a_row_with_its_reason_and_without_figures(
    preparation: _Preparation, tmp_path: Path
) -> None:
    (scanned,) = _scan(tmp_path, FakeDetector(gate=GateScore(0.91, 0.8)), 1)
    assert (scanned.status, scanned.detections) == (Status.WITHHELD, ())
    assert "does not look like a frontal chest radiograph (gate score 0.91, limit 0.80)" in scanned.reason
    assert (scanned.opacity_probability, scanned.top_score) == (None, None)
    with Ledger(tmp_path, {}) as ledger:
        assert ledger.unchanged(scanned.stamp) == scanned


def test_a_copy_of_what_the_gate_withheld_is_withheld_without_asking_again(
    preparation: _Preparation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(path: Path, decode: object) -> Prepared:
        prepared = preparation.prepare(path, decode)
        return replace(prepared, scanned=replace(prepared.scanned, presentation="a" * 64))

    monkeypatch.setattr(pipeline, "prepare", prepare)
    timing = Timing()
    detector = FakeDetector(gate=GateScore(0.91, 0.8))
    list(_scan(tmp_path, detector, 1, timing))
    rows = list(_scan(tmp_path, detector, 2, timing))
    assert [row.status for row in rows] == [Status.WITHHELD] * 2
    assert rows[0].reason == rows[1].reason != ""
    assert (timing.detected, timing.reused) == (1, 2)
