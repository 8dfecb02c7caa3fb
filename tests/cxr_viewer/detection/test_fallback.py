"""Tests of the way back from a lost GPU to the CPU: no image is lost, and it is said."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from cxr_viewer.core.candidates import Candidates, DetectionStopped, DetectorError, NetworkInput, ignore, never
from cxr_viewer.detection import loading
from cxr_viewer.detection.fallback import DeviceLostError, FallbackDetector
from cxr_viewer.detection.preprocessing import prepared
from tests.bundle_factory import tiny_bundle
from tests.factories import FakeDetector, lost_gpu

LOST = "The GPU ran out of memory."


def spare() -> FakeDetector:
    return FakeDetector(device="CPU · test")


def image(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (90, 70), dtype=np.uint8)


def test_nothing_changes_while_the_gpu_works() -> None:
    detector = FallbackDetector(lost_gpu(10**6), lambda: pytest.fail("the CPU was asked for"))
    assert np.array_equal(detector.detect(image()).member_scores, FakeDetector().detect(image()).member_scores)
    assert (detector.device, detector.notice) == ("GPU · test", "")


def test_the_image_in_progress_is_run_again_on_the_cpu() -> None:
    detector = FallbackDetector(lost_gpu(2), spare)
    found = [detector.detect(image(seed)) for seed in range(5)]
    for seed, candidates in enumerate(found):
        assert np.array_equal(candidates.member_scores, FakeDetector().detect(image(seed)).member_scores)
    assert detector.device == "CPU · test"
    assert detector.notice.startswith(LOST)
    assert "CPU" in detector.notice


def test_a_batch_in_progress_is_run_again_as_a_whole() -> None:
    entries = [prepared(image(seed), 64) for seed in range(4)]
    detector = FallbackDetector(lost_gpu(0), spare)
    found = detector.detect_batch(entries)
    assert [len(candidates) for candidates in found] == [2] * 4
    assert detector.notice


def test_progress_counts_again_on_the_cpu() -> None:
    told: list[int] = []
    FallbackDetector(lost_gpu(0), spare).detect(image(), never, told.append)
    assert told == [1, 2]


def test_threads_that_lose_the_gpu_together_share_one_spare() -> None:
    both = threading.Barrier(2)
    made: list[FakeDetector] = []

    class Lost(FakeDetector):
        def detect_batch(
            self, inputs: Sequence[NetworkInput], should_stop: Callable[[], bool] = never
        ) -> list[Candidates]:
            both.wait(timeout=10)
            raise DeviceLostError(LOST)

    def make_spare() -> FakeDetector:
        made.append(spare())
        return made[-1]

    detector = FallbackDetector(Lost(), make_spare)
    entries = [prepared(image(seed), 64) for seed in range(2)]
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda entry: detector.detect_batch([entry]), entries))
    assert [len(answers) for answers in found] == [1, 1]
    assert len(made) == 1


@pytest.mark.parametrize("error", [DetectionStopped(), DetectorError("Member 2 failed on the processor.")])
def test_another_reason_is_no_reason_to_change_the_device(error: Exception) -> None:
    detector = FallbackDetector(FakeDetector(error=error), lambda: pytest.fail("the CPU was asked for"))
    with pytest.raises(type(error)):
        detector.detect(image())
    assert detector.notice == ""


def test_a_cpu_that_fails_too_is_an_error() -> None:
    detector = FallbackDetector(lost_gpu(0), lambda: FakeDetector(error=DetectorError("No memory at all.")))
    with pytest.raises(DetectorError, match="No memory at all"):
        detector.detect(image(), never, ignore)


def test_a_gpu_that_cannot_be_used_at_the_start_leaves_the_work_to_the_cpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tiny_bundle(tmp_path / "bundle")
    monkeypatch.setattr(loading, "_has_cuda_device", lambda: True)

    def broken(*_: object) -> None:
        raise DetectorError("No CUDA device can be used here.")

    monkeypatch.setattr(loading, "_on_cuda", broken)
    detector = loading.load_detector(bundle.folder)
    assert "OpenVINO" in detector.device
    assert detector.notice.startswith("No CUDA device can be used here. The CPU goes on")
    assert len(detector.detect(image()))
    assert loading.load_detector(bundle.folder, "cpu").notice == ""
    with pytest.raises(DetectorError, match="No CUDA device"):
        loading.load_detector(bundle.folder, "cuda")


def test_a_lost_gpu_continues_with_openvino(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = tiny_bundle(tmp_path / "bundle")
    monkeypatch.setattr(loading, "_has_cuda_device", lambda: True)
    monkeypatch.setattr(loading, "_on_cuda", lambda *_: lost_gpu(1, input_side=128))
    detector = loading.load_detector(bundle.folder)
    assert detector.device == "GPU · test"
    detector.detect(image())
    expected = loading.load_detector(bundle.folder, "cpu").detect(image())
    assert np.array_equal(detector.detect(image()).member_scores, expected.member_scores)
    assert "OpenVINO" in detector.device
