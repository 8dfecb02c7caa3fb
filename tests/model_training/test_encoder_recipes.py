"""Every recipe of the paper's encoders learns and becomes a bundle that both engines run alike."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file

from cxr_viewer.detection import load_detector
from cxr_viewer.detection.anchors import grid
from cxr_viewer.detection.openvino_ensemble import OpenVinoEnsemble
from cxr_viewer.detection.preprocessing import network_input
from cxr_viewer.detection.torch_ensemble import TorchEnsemble
from model_training import fit, publish, recipe
from model_training.dataset import Dataset, open_folders
from model_training.fit import FitRequest
from model_training.publish_request import PublishRequest
from model_training.recipe import Recipe, StartRules
from tests.engine_parity import difference
from tests.model_training.small import write_dataset

SIDE = 192
"""The smallest input of the convolutional global head."""

ENCODERS = [
    "paper",
    "paper-xception",
    "paper-mnasnet",
    "paper-resnet34",
    "paper-resnet50",
    "paper-resnet101",
    "paper-seresnext50",
    "paper-dpn92",
    "paper-inception-resnet-v2",
    "paper-pnasnet5-large",
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return open_folders([write_dataset(tmp_path_factory.mktemp("encoders") / "data", count=4, side=SIDE)])


SMALL_ENCODER = "resnet18"
"""Of the variants whose encoder is the paper's: it is proved once, the variants differ elsewhere."""


def two_steps(name: str) -> Recipe:
    """Return a recipe from chance and for two steps, large enough ones that anchors differ; its network is its own."""
    asked = recipe.read(name)
    assert asked.network is not None
    encoder = asked.network.encoder if name in ENCODERS else SMALL_ENCODER
    return dataclasses.replace(
        asked,
        network=dataclasses.replace(asked.network, input_side=SIDE, encoder=encoder),
        start=StartRules(),
        optimizer=dataclasses.replace(asked.optimizer, learning_rate=1e-4),
        schedule=dataclasses.replace(asked.schedule, samples=4, round_samples=4, validate_every=0),
        batch=dataclasses.replace(asked.batch, size=2, batch_norm_samples=4),
    )


@pytest.mark.long
@pytest.mark.parametrize("name", [*ENCODERS, "paper-no-p2", "regression-only"])
def test_two_steps_become_a_bundle_that_both_engines_run_alike(name: str, data: Dataset, tmp_path: Path) -> None:
    request = FitRequest(two_steps(name), data, tmp_path / "run", accelerator="cpu", devices="1")
    weights = load_file(fit.run(request, lambda line: None))
    assert all(bool(value.isfinite().all()) for value in weights.values())

    bundle = publish.publish(PublishRequest((request.out,), tmp_path / "bundle", name))
    assert bundle.network == request.recipe.network
    ours, theirs = OpenVinoEnsemble(bundle, "fp32"), TorchEnsemble(bundle, "cpu", "fp32")
    image = network_input(np.array(data.image(1)))
    answered = ours.run_member(0, image)
    assert len(answered.scores) == len(grid(bundle.network.anchors, SIDE))
    assert np.ptp(answered.scores) > 1e-3
    assert (answered.class_probabilities is None) == (name == "regression-only")
    found = difference(bundle.network, [answered], [theirs.run_member(0, image)])
    assert found.score <= 1e-4  # what is asked of fp32: both engines have the same fp16 weights
    assert found.box <= 0.05

    candidates = load_detector(bundle.folder, device="cpu").detect(np.array(data.image(1)))
    assert (candidates.rows, candidates.columns) == (SIDE, SIDE)
