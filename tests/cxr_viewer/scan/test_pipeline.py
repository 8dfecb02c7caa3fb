"""Files are prepared ahead of the detector, in order, never more at once than memory allows, and ended cleanly."""

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cxr_viewer.core.candidates import Candidates, DetectorError, NetworkInput, never
from cxr_viewer.core.gate import GateScore
from cxr_viewer.dicom.decoding import DecodingPool
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.scan import pipeline, preparation
from cxr_viewer.scan.detection import Detection
from cxr_viewer.scan.pipeline import scan_files
from cxr_viewer.scan.preparation import Prepared
from cxr_viewer.scan.resume import Ledger
from cxr_viewer.scan.scanned_file import ScannedFile, Stamp, Status
from cxr_viewer.scan.settling import Settling, Timing
from tests.cxr_viewer.scan import hostile_preparation
from tests.factories import THRESHOLDS, FakeDetector, dicom_file

WORKERS = 2


class _Children(DecodingPool):
    """Stands in for the processes: threads that prepare whatever they are named, without decoding."""

    def __init__(self) -> None:
        self._threads_of_test = ThreadPoolExecutor(WORKERS, thread_name_prefix="prepare")
        self._lock = threading.Lock()
        self.begun = 0
        self.answer: Callable[[Path], Prepared] = _image

    def call(self, function: Callable[..., Any], *arguments: object) -> "Future[Any]":
        path, side = arguments
        assert isinstance(path, Path)
        assert (function, side) == (preparation.prepare, 64)
        return self._threads_of_test.submit(self._prepare, path)

    def close(self) -> None:
        self._threads_of_test.shutdown(cancel_futures=True)

    def _prepare(self, path: Path) -> Prepared:
        with self._lock:
            self.begun += 1
        return self.answer(path)


def _image(path: Path) -> Prepared:
    scanned = ScannedFile(
        Stamp(str(path)), Status.OK, frame=1, instance_key=path.name, rows=256, columns=224, thumbnail="data:small"
    )
    return Prepared(scanned, NetworkInput(np.full((64, 64), 100, np.uint8), 256, 224))


class _Detector(FakeDetector):
    """A detector that tells what it takes."""

    def __init__(self, on_batch: Callable[[int], None] = lambda _: None, batch_size: int = 1, calls: int = 1) -> None:
        super().__init__(batch_size=batch_size, calls_at_once=calls)
        self._on_batch = on_batch

    def detect_batch(self, inputs: Sequence[NetworkInput], should_stop: Callable[[], bool] = never) -> list[Candidates]:
        self._on_batch(len(inputs))
        return super().detect_batch(inputs, should_stop)


@pytest.fixture
def children() -> Iterator[_Children]:
    """Files that are prepared at once, without decoding."""
    children = _Children()
    yield children
    children.close()


def _scan(
    children: DecodingPool,
    out: Path,
    detector: FakeDetector,
    files: int | Sequence[Path],
    timing: Timing | None = None,
    wants: bool = False,
) -> Generator[ScannedFile, None, None]:
    paths = [Path(f"/archive/{index:03}") for index in range(files)] if isinstance(files, int) else files
    with Ledger(out, {}) as ledger:
        settling = Settling(ledger, lambda _: wants, lambda _: None, timing or Timing())
        yield from scan_files(paths, Detection(detector, THRESHOLDS), settling, children)


@pytest.mark.parametrize(("batch_size", "calls"), [(1, 1), (1, 3), (8, 1), (8, 2)])
def test_rows_come_in_the_order_of_the_files(batch_size: int, calls: int, children: _Children, tmp_path: Path) -> None:
    timing = Timing()
    rows = list(_scan(children, tmp_path, _Detector(batch_size=batch_size, calls=calls), 100, timing))
    assert [scanned.name for scanned in rows] == [f"{index:03}" for index in range(100)]
    assert (timing.prepared, timing.detected, timing.reused) == (100, 100, 0)


def test_the_detector_is_given_full_batches_when_images_wait_and_never_larger_ones(
    children: _Children, tmp_path: Path
) -> None:
    sizes: list[int] = []

    def slow(size: int) -> None:
        sizes.append(size)
        time.sleep(0.02)

    list(_scan(children, tmp_path, _Detector(slow, batch_size=8), 64))
    assert sum(sizes) == 64
    assert max(sizes) == 8
    assert len(sizes) < 20


def test_as_many_threads_call_the_detector_as_it_can_use(children: _Children, tmp_path: Path) -> None:
    together = threading.Barrier(3, timeout=20)
    list(_scan(children, tmp_path, _Detector(lambda _: (together.wait(), None)[1], calls=3), 30))
    assert not together.broken


def test_a_slow_detector_does_not_let_images_pile_up(children: _Children, tmp_path: Path) -> None:
    most, done = 0, 0

    def take(_size: int) -> None:
        nonlocal most, done
        time.sleep(0.001)
        most = max(most, children.begun - done)
        done += 1

    assert len(list(_scan(children, tmp_path, _Detector(take), 400))) == 400
    assert 1 < most <= pipeline._IN_FLIGHT


def test_a_slow_file_holds_back_only_the_rows_behind_it(
    children: _Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_ROWS_HELD", 200)
    detected = 0
    enough = threading.Event()

    def count(_size: int) -> None:
        nonlocal detected
        detected += 1
        if detected == 150:
            enough.set()

    def answer(path: Path) -> Prepared:
        if path.name == "000":
            assert enough.wait(20)
        return _image(path)

    children.answer = answer
    rows = [scanned.name for scanned in _scan(children, tmp_path, _Detector(count), 300)]
    assert enough.is_set()
    assert rows == [f"{index:03}" for index in range(300)]


def test_rows_behind_a_slow_file_do_not_pile_up_without_limit(
    children: _Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_ROWS_HELD", 100)
    seen = []

    def answer(path: Path) -> Prepared:
        if path.name == "000":
            for _ in range(1000):
                seen.append(children.begun)
                if len(seen) > 5 and seen[-5] >= 100 == seen[-1]:
                    break
                time.sleep(0.01)
        return _image(path)

    children.answer = answer
    assert len(list(_scan(children, tmp_path, _Detector(), 300))) == 300
    assert seen[-1] == 100


def test_what_is_done_behind_a_slow_file_is_in_the_ledger_at_once(children: _Children, tmp_path: Path) -> None:
    lines = []

    def answer(path: Path) -> Prepared:
        if path.name == "000":
            for _ in range(1000):
                lines.append((tmp_path / ".resume.jsonl").read_bytes().count(b"\n"))
                if lines[-1] > 20:
                    break
                time.sleep(0.01)
        return _image(path)

    children.answer = answer
    assert len(list(_scan(children, tmp_path, _Detector(), 40))) == 40
    assert lines[-1] > 20


def test_detections_are_in_the_row_and_in_the_ledger(children: _Children, tmp_path: Path) -> None:
    timing = Timing()
    (scanned,) = _scan(children, tmp_path, _Detector(), 1, timing)
    assert [round(box.score, 2) for box in scanned.detections] == [0.54, 0.54]
    assert scanned.top_score == pytest.approx(0.3 + 0.6 * 100 / 255)
    assert timing.detected == 1
    with Ledger(tmp_path, {}) as ledger:
        assert ledger.unchanged(scanned.stamp) == scanned


@pytest.mark.parametrize("wants", [False, True])
def test_only_what_the_report_shows_keeps_its_thumbnail(wants: bool, children: _Children, tmp_path: Path) -> None:
    (scanned,) = _scan(children, tmp_path, _Detector(), 1, wants=wants)
    assert scanned.thumbnail == ("data:small" if wants else "")


def test_abandoned_scan_leaves_no_threads(children: _Children, tmp_path: Path) -> None:
    rows = _scan(children, tmp_path, _Detector(), 100)
    next(rows)
    rows.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("detect")]


def test_detector_that_fails_ends_the_scan_and_its_threads(children: _Children, tmp_path: Path) -> None:
    detector = FakeDetector(error=DetectorError("out of memory"))
    with pytest.raises(DetectorError, match="out of memory"):
        list(_scan(children, tmp_path, detector, 100))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("detect")]


def test_a_child_that_dies_over_a_file_costs_one_row(children: _Children, tmp_path: Path) -> None:
    def answer(path: Path) -> Prepared:
        if path.name == "003":
            raise DicomReadError("could not be decoded: the decoder crashed")
        return _image(path)

    children.answer = answer
    rows = list(_scan(children, tmp_path, _Detector(), 10))
    assert [row.name for row in rows if row.status is Status.FAILED] == ["003"]
    assert rows[3].reason == "could not be decoded: the decoder crashed"
    assert rows[3].frame == 1


def test_files_that_crash_hang_and_eat_memory_cost_one_row_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With real children, whose preparation is told by the name of the file what to do."""
    monkeypatch.setattr(pipeline, "prepare", hostile_preparation.prepare)
    names = ["a", "crash", "b", "hang", "c", "memory", "d", "unexpected", "e"]
    paths = [dicom_file(tmp_path / "archive" / name) for name in names]
    with DecodingPool(WORKERS, timeout_s=1.0, memory_limit_bytes=300 << 20) as children:
        rows = {row.name: row for row in _scan(children, tmp_path, _Detector(), paths)}
    assert list(rows) == names
    reasons = {name: row.reason for name, row in rows.items() if row.status is not Status.OK}
    assert reasons == {
        "crash": "could not be decoded: the decoder crashed",
        "hang": "could not be decoded: the decoder did not finish within 1 seconds",
        "memory": "could not be decoded: it needs more than 300 MB of memory",
        "unexpected": "could not be decoded: the decoder failed (LookupError)",
    }
    assert all(rows[name].stamp == Stamp.of(path) for name, path in zip(names, paths, strict=True))


def test_what_the_gate_withholds_is_a_row_with_its_reason_and_without_figures(
    children: _Children, tmp_path: Path
) -> None:
    (scanned,) = _scan(children, tmp_path, FakeDetector(gate=GateScore(0.91, 0.8)), 1, wants=True)
    assert (scanned.status, scanned.detections) == (Status.WITHHELD, ())
    assert "does not look like a frontal chest radiograph (gate score 0.91, limit 0.80)" in scanned.reason
    assert (scanned.opacity_probability, scanned.top_score, scanned.thumbnail) == (None, None, "")
    with Ledger(tmp_path, {}) as ledger:
        assert ledger.unchanged(scanned.stamp) == scanned


def test_a_copy_of_what_the_gate_withheld_is_withheld_without_asking_again(children: _Children, tmp_path: Path) -> None:
    def answer(path: Path) -> Prepared:
        prepared = _image(path)
        return replace(prepared, scanned=replace(prepared.scanned, presentation="a" * 64))

    children.answer = answer
    timing = Timing()
    detector = FakeDetector(gate=GateScore(0.91, 0.8))
    list(_scan(children, tmp_path, detector, 1, timing))
    rows = list(_scan(children, tmp_path, detector, 2, timing))
    assert [row.status for row in rows] == [Status.WITHHELD] * 2
    assert rows[0].reason == rows[1].reason != ""
    assert (timing.detected, timing.reused) == (1, 2)
