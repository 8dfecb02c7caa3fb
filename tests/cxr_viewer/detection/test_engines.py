"""Tests of both engines on the same bundle: parity with torch fp32, stopping, refusals."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cxr_viewer.core.candidates import Candidates, DetectionStopped, DetectorError
from cxr_viewer.detection import precision_choice
from cxr_viewer.detection.bundle import ModelBundle
from cxr_viewer.detection.loading import load_detector
from cxr_viewer.detection.merging import MemberOutput
from cxr_viewer.detection.openvino_ensemble import OpenVinoEnsemble
from cxr_viewer.detection.openvino_runtime import import_openvino
from cxr_viewer.detection.preprocessing import network_input, prepared
from cxr_viewer.detection.torch_ensemble import TorchEnsemble
from tests.bundle_factory import tiny_bundle
from tests.engine_parity import difference


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> ModelBundle:
    return tiny_bundle(tmp_path_factory.mktemp("bundles") / "half")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> ModelBundle:
    return tiny_bundle(tmp_path_factory.mktemp("bundles") / "full", half=False)


@pytest.fixture(scope="module")
def image() -> NDArray[np.uint8]:
    generator = np.random.default_rng(5)
    coarse = generator.integers(0, 256, (12, 9)).astype(np.uint8)
    return np.kron(coarse, np.ones((20, 20), dtype=np.uint8))


def outputs(ensemble: OpenVinoEnsemble | TorchEnsemble) -> list[MemberOutput]:
    square = np.random.default_rng(9).integers(0, 256, (128, 128), dtype=np.uint8)
    return [ensemble.run_member(index, network_input(square)) for index in range(ensemble.members)]


@pytest.mark.parametrize(("kind", "score", "box"), [("full", 1e-4, 0.05), ("half", 2e-3, 0.2)])
def test_openvino_agrees_with_torch(kind: str, score: float, box: float, request: pytest.FixtureRequest) -> None:
    bundle: ModelBundle = request.getfixturevalue(kind)
    ours, theirs = OpenVinoEnsemble(bundle, "fp32"), TorchEnsemble(bundle, "cpu", "fp32")
    found = difference(bundle.network, outputs(ours), outputs(theirs))
    assert found.score <= score
    assert found.box <= box


def test_graphs_also_give_class_probabilities_and_deepest_features(full: ModelBundle) -> None:
    ours, theirs = outputs(OpenVinoEnsemble(full, "fp32")), outputs(TorchEnsemble(full, "cpu", "fp32"))
    for mine, reference in zip(ours, theirs, strict=True):
        assert mine.class_probabilities is not None
        assert reference.class_probabilities is not None
        np.testing.assert_allclose(mine.class_probabilities, reference.class_probabilities, atol=1e-4)
        assert mine.class_probabilities.sum() == pytest.approx(1, abs=1e-5)
        np.testing.assert_allclose(mine.features, reference.features, atol=1e-2, rtol=1e-2)


def test_members_differ_and_candidates_carry_each_ones_score(half: ModelBundle, image: NDArray[np.uint8]) -> None:
    candidates = load_detector(half.folder, device="cpu").detect(image)
    assert candidates.member_scores.shape[1] == 2
    assert np.abs(np.diff(candidates.member_scores, axis=1)).max() > 0.01
    assert (candidates.rows, candidates.columns) == image.shape
    assert (candidates.mean_boxes[:, 2:] <= [image.shape[1], image.shape[0]]).all()


def test_the_same_image_gives_the_same_candidates_twice(half: ModelBundle, image: NDArray[np.uint8]) -> None:
    detector = load_detector(half.folder, device="cpu")
    first, second = detector.detect(image), detector.detect(image)
    assert np.array_equal(first.anchor_index, second.anchor_index)
    assert np.array_equal(first.member_scores, second.member_scores)


def test_detection_stops_between_members(half: ModelBundle, image: NDArray[np.uint8]) -> None:
    done: list[int] = []
    with pytest.raises(DetectionStopped):
        load_detector(half.folder, device="cpu").detect(image, lambda: bool(done), done.append)
    assert done == [1]


def assert_equal(ours: Candidates, theirs: Candidates) -> None:
    for field in fields(Candidates):
        np.testing.assert_array_equal(getattr(ours, field.name), getattr(theirs, field.name), field.name)


def picture(generator: np.random.Generator) -> NDArray[np.uint8]:
    """Return an image of some shape and content."""
    rows, columns = generator.integers(5, 15, 2)
    coarse: NDArray[np.uint8] = generator.integers(0, 256, (rows, columns)).astype(np.uint8)
    return coarse.repeat(20, axis=0).repeat(20, axis=1)


def pictures(count: int) -> list[NDArray[np.uint8]]:
    generator = np.random.default_rng(8)
    return [picture(generator) for _ in range(count)]


def test_a_batch_gives_what_each_image_gives_alone(half: ModelBundle) -> None:
    detector = load_detector(half.folder, device="cpu", many=True)
    images = pictures(5)
    together = detector.detect_batch([prepared(image, detector.input_side) for image in images])
    assert len(together) == 5
    for candidates, image in zip(together, images, strict=True):
        assert len(candidates)
        assert_equal(candidates, detector.detect(image))
    assert detector.detect_batch([]) == []


def test_several_threads_get_what_one_gets(half: ModelBundle) -> None:
    detector = load_detector(half.folder, device="cpu", many=True)
    entries = [prepared(image, detector.input_side) for image in pictures(24)]
    alone = [detector.detect_batch([entry])[0] for entry in entries]
    with ThreadPoolExecutor(detector.calls_at_once + 2) as threads:
        at_once = list(threads.map(lambda entry: detector.detect_batch([entry])[0], entries))
    for ours, theirs in zip(at_once, alone, strict=True):
        assert_equal(ours, theirs)


def test_a_batch_stops_between_members(half: ModelBundle, image: NDArray[np.uint8]) -> None:
    asked: list[bool] = []

    def should_stop() -> bool:
        asked.append(True)
        return len(asked) > 1

    detector = load_detector(half.folder, device="cpu")
    with pytest.raises(DetectionStopped):
        detector.detect_batch([prepared(image, detector.input_side)] * 2, should_stop)
    assert len(asked) == 2


def test_device_names_what_is_really_used(half: ModelBundle) -> None:
    assert "OpenVINO fp32" in load_detector(half.folder, device="cpu", precision="fp32").device
    assert "torch fp32" in load_detector(half.folder, device="cpu", backend="torch").device


def test_compiled_graphs_are_kept_in_the_cache_folder(half: ModelBundle, tmp_path: Path) -> None:
    load_detector(half.folder, device="cpu", cache_folder=tmp_path / "graphs")
    assert len(list((tmp_path / "graphs").glob("*.blob"))) == 2


def test_damaged_graphs_in_the_cache_folder_are_made_anew(
    half: ModelBundle, image: NDArray[np.uint8], tmp_path: Path
) -> None:
    expected = load_detector(half.folder, device="cpu", precision="fp32", cache_folder=tmp_path).detect(image)
    first, second = tmp_path.glob("*.blob")
    for blob, content in ((first, b""), (second, second.read_bytes()[:3000])):
        blob.chmod(0o600)
        blob.write_bytes(content)
    assert_equal(
        load_detector(half.folder, device="cpu", precision="fp32", cache_folder=tmp_path).detect(image), expected
    )


def test_the_arithmetic_is_measured_at_the_first_start_and_known_at_the_next(
    half: ModelBundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = import_openvino().Core()
    if "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        pytest.skip("this processor has no bf16: there is nothing to choose")
    measured: list[dict[str, float]] = []

    def timed(ways: Mapping[str, Callable[[], object]]) -> dict[str, float]:
        for way in ways.values():
            assert isinstance(way(), MemberOutput)
        measured.append({"fp32": 2.0, "bf16": 1.0})
        return measured[-1]

    monkeypatch.setattr(precision_choice, "timed", timed)
    for many in (False, True, False):
        assert "OpenVINO bf16" in OpenVinoEnsemble(half, "auto", tmp_path, many=many).device
    assert len(measured) == 1


def test_without_a_cache_folder_nothing_is_measured_and_auto_is_fp32(
    half: ModelBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision_choice, "timed", lambda _: pytest.fail("was measured"))
    assert OpenVinoEnsemble(half).precision == "fp32"


def test_cuda_without_a_gpu_is_refused_with_advice(half: ModelBundle) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    with pytest.raises(DetectorError, match="--device cpu"):
        load_detector(half.folder, device="cuda")


def test_openvino_on_cuda_is_refused_with_advice(half: ModelBundle) -> None:
    with pytest.raises(DetectorError, match="--backend torch"):
        load_detector(half.folder, device="cuda", backend="openvino")


def test_colour_or_float_images_are_refused(half: ModelBundle) -> None:
    detector = load_detector(half.folder, device="cpu")
    with pytest.raises(DetectorError, match="grey"):
        detector.detect(np.zeros((8, 8, 3), dtype=np.uint8))
    with pytest.raises(DetectorError, match="float32"):
        detector.detect(np.zeros((8, 8), dtype=np.float32))
