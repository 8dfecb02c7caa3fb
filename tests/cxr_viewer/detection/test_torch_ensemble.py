"""The torch engine on the CPU, by the same path as on CUDA: gathering on the device, batches, bf16, errors."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from cxr_viewer.core.candidates import MAXIMUM_CANDIDATES, DetectorError
from cxr_viewer.detection import cuda_graphs
from cxr_viewer.detection.bundle import ModelBundle
from cxr_viewer.detection.ensemble import Ensemble
from cxr_viewer.detection.fallback import DeviceLostError
from cxr_viewer.detection.merging import candidates_of
from cxr_viewer.detection.openvino_ensemble import OpenVinoEnsemble
from cxr_viewer.detection.preprocessing import letterbox_of, prepared
from cxr_viewer.detection.torch_ensemble import TorchEnsemble, device_error
from tests.bundle_factory import tiny_bundle

SIDE = 128


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> ModelBundle:
    return tiny_bundle(tmp_path_factory.mktemp("bundles") / "tiny", members=3)


@pytest.fixture(scope="module")
def engine(bundle: ModelBundle) -> TorchEnsemble:
    return TorchEnsemble(bundle, "cpu", "fp32")


def inputs(count: int) -> NDArray[np.float32]:
    generator = np.random.default_rng(4)
    coarse: NDArray[np.float32] = generator.random((count, 1, SIDE // 8, SIDE // 8), dtype=np.float32)
    return coarse.repeat(8, axis=2).repeat(8, axis=3)


def test_gathering_on_the_device_leaves_out_no_candidate(engine: TorchEnsemble) -> None:
    """The engine's own path against the one of all engines, which brings everything back."""
    batch, placement = inputs(3), letterbox_of(SIDE, SIDE, SIDE)
    for ours, theirs in zip(engine.answers(batch), Ensemble.answers(engine, batch), strict=True):
        mine = candidates_of(ours, engine._anchors, placement)
        reference = candidates_of(theirs, engine._anchors, placement)
        assert 100 < len(reference) <= MAXIMUM_CANDIDATES
        np.testing.assert_array_equal(mine.anchor_index, reference.anchor_index)
        np.testing.assert_allclose(mine.member_scores, reference.member_scores, atol=1e-6)
        np.testing.assert_allclose(mine.mean_boxes, reference.mean_boxes, atol=1e-3)
        assert mine.opacity_probability == pytest.approx(reference.opacity_probability, abs=1e-6)


def test_a_batch_is_each_image_alone(engine: TorchEnsemble) -> None:
    images = [(image[0] * 255).astype(np.uint8) for image in inputs(4)]
    together = engine.detect_batch([prepared(image, SIDE) for image in images])
    for candidates, image in zip(together, images, strict=True):
        alone = engine.detect(image)
        assert len(candidates) == len(alone)
        np.testing.assert_allclose(candidates.scores, alone.scores, atol=1e-5)  # products are summed in another order


def test_bf16_is_near_fp32(bundle: ModelBundle, engine: TorchEnsemble) -> None:
    half = TorchEnsemble(bundle, "cpu", "bf16")
    assert "bf16" in half.device
    batch = inputs(2)
    for index in range(engine.members):
        for ours, theirs in zip(half.run_batch(index, batch), engine.run_batch(index, batch), strict=True):
            difference = np.abs(ours.scores - theirs.scores)
            assert 0 < difference.max() <= 0.02


def test_both_engines_agree_on_candidates(bundle: ModelBundle, engine: TorchEnsemble) -> None:
    image = (inputs(1)[0, 0] * 255).astype(np.uint8)
    ours, theirs = engine.detect(image), OpenVinoEnsemble(bundle, "fp32").detect(image)
    np.testing.assert_allclose(np.sort(ours.scores)[-50:], np.sort(theirs.scores)[-50:], atol=2e-3)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), "GPU ran out of memory with demo 1"),
        (torch.AcceleratorError("CUDA error: device-side assert triggered"), "GPU failed or was lost"),
        (RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), "GPU failed or was lost"),
        (RuntimeError("CUDA error: unspecified launch failure"), "GPU failed or was lost"),
    ],
)
def test_a_lost_device_is_told_from_other_failures(error: RuntimeError, words: str) -> None:
    told = device_error(error, "GPU · torch bf16", "demo 1")
    assert isinstance(told, DeviceLostError)
    assert words in str(told)
    other = device_error(RuntimeError("mat1 and mat2 shapes cannot be multiplied"), "CPU · torch fp32", "demo 1")
    assert not isinstance(other, DeviceLostError)
    assert "--backend openvino" in str(other)


def test_what_torch_raises_becomes_a_sentence(bundle: ModelBundle, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = TorchEnsemble(bundle, "cpu", "fp32")

    def out_of_memory(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(engine, "_run", out_of_memory)
    with pytest.raises(DeviceLostError, match="CPU ran out of memory with tiny 0") as caught:
        engine.detect(np.zeros((50, 50), np.uint8))
    assert isinstance(caught.value.__cause__, torch.OutOfMemoryError)
    with pytest.raises(DetectorError):
        engine.run_batch(0, inputs(1))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device: graphs and pinned memory cannot be run here")
def test_cuda_agrees_with_the_cpu(bundle: ModelBundle, engine: TorchEnsemble) -> None:
    device = TorchEnsemble(bundle, "cuda", "fp32")
    batch = inputs(device.batch_size + 1)
    for _ in range(2):  # recorded, and replayed
        for part in (batch[:1], batch[: device.batch_size], batch[:2]):
            placement = letterbox_of(SIDE, SIDE, SIDE)
            for ours, theirs in zip(device.answers(part), engine.answers(part), strict=True):
                mine, reference = (candidates_of(answer, engine._anchors, placement) for answer in (ours, theirs))
                np.testing.assert_allclose(np.sort(mine.scores), np.sort(reference.scores), atol=1e-3)
    assert isinstance(next(iter(device._graphed.values())), cuda_graphs.GraphedNetwork)
