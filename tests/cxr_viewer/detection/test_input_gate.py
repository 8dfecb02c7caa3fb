"""The learned gate in numpy: equal to the same network in torch, blind to brightness, refused when damaged."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.numpy import load_file, save_file

from cxr_viewer.core.candidates import DetectorError
from cxr_viewer.detection import bundle as bundles
from cxr_viewer.detection import input_gate, load_detector
from cxr_viewer.detection.bundle import GATE_FILE, BundleError
from cxr_viewer.detection.input_gate import InputGate
from model_training.gate.fitting import write_gate
from model_training.gate.head import HeadNetwork
from tests.bundle_factory import tiny_bundle


def random_heads(count: int = 2) -> list[HeadNetwork]:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return [HeadNetwork().eval() for _ in range(count)]


@pytest.fixture(scope="module")
def gate() -> InputGate:
    return InputGate(tuple(head.layers() for head in random_heads()), 0.75)


@pytest.fixture(scope="module")
def picture() -> NDArray[np.float32]:
    return np.random.default_rng(1).random((128, 128), dtype=np.float32)


def gated_bundle(folder: Path, gate: InputGate) -> Path:
    bundle = tiny_bundle(folder, members=1)
    write_gate(gate, folder / GATE_FILE)
    files = {name: folder / name for name in bundles.listed_files(folder) | {GATE_FILE}}
    bundles.write(dataclasses.replace(bundle, gate=GATE_FILE), files)
    return folder


def test_the_numpy_heads_equal_torch(gate: InputGate, picture: NDArray[np.float32]) -> None:
    small = input_gate.thumbnail(picture)
    with torch.inference_mode():
        heads = [head.half().float()(torch.from_numpy(small)[None, None]).item() for head in random_heads()]
    assert gate.logit(small) == pytest.approx(np.mean(heads), abs=1e-4)
    expected = torch.sigmoid(torch.tensor(np.mean(heads))).item()
    judged = gate.judge(picture[None, None])
    assert judged.score == pytest.approx(expected, abs=1e-5)
    assert judged.limit == 0.75


def test_the_thumbnail_is_the_mean_of_its_pixels_without_brightness_and_contrast(picture: NDArray[np.float32]) -> None:
    means = picture.reshape(64, 2, 64, 2).mean(axis=(1, 3))
    expected = (means - means.mean()) / (means.std() + 0.03)
    np.testing.assert_allclose(input_gate.thumbnail(picture), expected, atol=1e-4)
    dim = input_gate.thumbnail(picture * 0.5 + 0.2)
    assert np.corrcoef(dim.ravel(), expected.ravel())[0, 1] > 0.9999
    np.testing.assert_allclose(dim, expected, atol=0.5)
    assert np.corrcoef(input_gate.thumbnail(1 - picture).ravel(), expected.ravel())[0, 1] < -0.99


@pytest.mark.parametrize("side", [64, 100, 128, 331, 512])
def test_any_input_side_is_judged(gate: InputGate, side: int) -> None:
    assert 0 <= gate.judge(np.ones((1, 1, side, side), np.float32)).score <= 1


def test_a_written_gate_reads_back_equal_and_small(
    gate: InputGate, picture: NDArray[np.float32], tmp_path: Path
) -> None:
    write_gate(gate, tmp_path / GATE_FILE)
    again = input_gate.read(tmp_path / GATE_FILE)
    assert again.judge(picture[None, None]) == gate.judge(picture[None, None])
    assert (tmp_path / GATE_FILE).stat().st_size < 100_000


@pytest.mark.parametrize("damage", ["head-1.hidden.weight", "limit", "head-2.output.bias", "shape", "cut"])
def test_a_file_that_is_no_whole_gate_is_refused_by_name(gate: InputGate, tmp_path: Path, damage: str) -> None:
    path = tmp_path / GATE_FILE
    write_gate(gate, path)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:500])
    else:
        tensors = load_file(path)
        if damage == "shape":
            tensors["head-1.hidden.weight"] = np.ascontiguousarray(tensors["head-1.hidden.weight"][:, 1:])
        else:
            del tensors[damage]
        save_file(tensors, path)
    with pytest.raises(DetectorError, match=GATE_FILE):
        input_gate.read(path)


def test_a_bundle_lists_and_checks_its_gate_and_its_detector_asks_it(gate: InputGate, tmp_path: Path) -> None:
    folder = gated_bundle(tmp_path / "bundle", gate)
    assert bundles.read(folder).gate == GATE_FILE
    image = np.random.default_rng(2).integers(0, 255, (300, 240), dtype=np.uint8)
    square = np.asarray(Image.fromarray(image).resize((102, 128), Image.Resampling.BILINEAR))
    boxed = np.pad(square, ((0, 0), (13, 13))).astype(np.float32) / np.float32(255)
    for backend in ("openvino", "torch"):
        found = load_detector(folder, "cpu", backend).detect(image)
        assert found.gate is not None
        assert found.gate.score == pytest.approx(gate.judge(boxed[None, None]).score, abs=1e-5)
    (folder / GATE_FILE).unlink()
    with pytest.raises(BundleError, match=GATE_FILE):
        bundles.read(folder)


def test_a_bundle_without_a_gate_judges_nothing(tmp_path: Path) -> None:
    bundle = tiny_bundle(tmp_path / "bundle", members=1)
    assert bundle.gate == ""
    image = np.zeros((200, 200), np.uint8)
    assert load_detector(bundle.folder, "cpu", "openvino").detect(image).gate is None
