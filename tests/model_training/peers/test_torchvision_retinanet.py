"""Tests of torchvision's RetinaNet as a peer: its own losses, batches like every Learner's, fits that go on."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from cxr_viewer.core.whole_folder import FolderInUseError
from model_training.dataset import collect
from model_training.fit import FitRequest
from model_training.learner import Learner
from model_training.peers import torchvision_detections, torchvision_fit
from model_training.peers.torchvision_learner import PeerBatch, TorchvisionLearner
from model_training.peers.torchvision_retinanet import TorchvisionRetinaNet
from model_training.prediction import DEFAULT_RULES
from model_training.recipe import Recipe
from model_training.run_data import RunData
from tests.bundle_factory import TINY, random_network
from tests.model_training.small import small_dataset, small_recipe

SPEC = dataclasses.replace(TINY, pyramid_width=32, global_head="none")


def peer_recipe(samples: int = 32) -> Recipe:
    return dataclasses.replace(small_recipe(samples), network=SPEC)


def asked(folder: Path, samples: int = 32) -> FitRequest:
    dataset = small_dataset(folder / "data", count=16)
    return FitRequest(peer_recipe(samples), dataset, folder / "run", fold=0, fold_count=2, accelerator="cpu")


def test_the_losses_are_those_of_torchvisions_own_training() -> None:
    torch.manual_seed(0)
    network = TorchvisionRetinaNet(SPEC).train()
    images = torch.rand(2, 1, SPEC.input_side, SPEC.input_side)
    boxes = (torch.tensor([[10.0, 10, 60, 70]]), torch.zeros((0, 4)))
    targets = [{"boxes": own, "labels": torch.zeros(len(own), dtype=torch.int64)} for own in boxes]
    wanted: dict[str, Tensor] = network.detector(list(images), targets)
    classification, regression = network.losses(images, boxes)
    assert classification.item() == pytest.approx(wanted["classification"].item(), rel=1e-5)
    assert regression.item() == pytest.approx(wanted["bbox_regression"].item(), rel=1e-5)


def test_rules_are_torchvisions() -> None:
    detector = TorchvisionRetinaNet(SPEC).detector
    assert detector.proposal_matcher.allow_low_quality_matches
    assert detector.box_coder.weights == (1.0, 1.0, 1.0, 1.0)
    assert [sizes[0] for sizes in detector.anchor_generator.sizes] == [32, 64, 128, 256, 512]


def test_the_peer_sees_the_images_that_a_learner_sees(tmp_path: Path) -> None:
    dataset, recipe = small_dataset(tmp_path / "data", count=8), peer_recipe()
    data = RunData(dataset, recipe, 1, range(8), [])
    batch = collect(dataset, range(8), range(8))
    ours = Learner(random_network(), recipe, 1, data).prepare(batch, augmented=True)
    theirs = TorchvisionLearner(TorchvisionRetinaNet(SPEC), recipe, 1, data).prepare(batch, augmented=True)
    assert torch.equal(ours.images, theirs.images)
    assert isinstance(theirs, PeerBatch)
    assert [len(own) for own in theirs.boxes] == [len(own) for own in batch.boxes]


def test_a_fitted_peer_is_found_again_and_another_recipe_is_refused(tmp_path: Path) -> None:
    request = asked(tmp_path)
    lines: list[str] = []
    weights = torchvision_fit.run(request, lines.append)
    written = weights.stat().st_mtime_ns
    assert torchvision_fit.run(request, lines.append) == weights
    assert weights.stat().st_mtime_ns == written
    assert lines[-1].endswith("nothing to do")
    assert not torchvision_fit.load(request).training
    with pytest.raises(FolderInUseError):
        torchvision_fit.run(dataclasses.replace(request, seed=2), lines.append)


def test_detections_are_native_boxes_best_first_and_weak_ones_are_suppressed(tmp_path: Path) -> None:
    dataset = small_dataset(tmp_path / "data", count=6)
    torch.manual_seed(0)
    network = TorchvisionRetinaNet(SPEC).eval()
    torch.nn.init.normal_(network.detector.head.classification_head.cls_logits.weight, std=0.5)
    torch.nn.init.constant_(network.detector.head.classification_head.cls_logits.bias, -1.0)
    found = torchvision_detections.detect(network, dataset)
    assert len(found.boxes) == 6
    assert found.opacity_probability is None
    for boxes, scores, example in zip(found.boxes, found.scores, dataset.examples, strict=True):
        assert len(boxes) == len(scores) > 0
        assert (np.diff(scores) <= 0).all()
        assert scores[-1] >= DEFAULT_RULES.relative * scores[0]
        assert boxes.min() >= 0
        assert (boxes[:, [1, 3]] <= example.rows).all()
