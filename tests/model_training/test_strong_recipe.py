"""Tests of the recipe strong: it says what it should, and it builds, learns and publishes at a small side."""

import dataclasses
from pathlib import Path

import torch
from safetensors.torch import load_file

from cxr_viewer.detection import bundle as bundles
from model_training import fit, recipe
from model_training.fit import FitRequest
from model_training.publish import publish
from model_training.publish_request import PublishRequest
from tests.model_training.small import SIDE, small_dataset


def test_it_differs_from_the_paper_by_rules_not_by_length() -> None:
    strong, paper = recipe.read("strong"), recipe.read("paper")
    assert strong.network is not None
    assert paper.network is not None
    assert strong.network.input_side == paper.network.input_side == 512
    assert strong.schedule.samples - paper.schedule.samples < strong.schedule.round_samples
    assert strong.rounds == 12
    assert strong.network.anchors.levels == (3, 4, 5, 6, 7)
    assert strong.batch.compile
    assert strong.batch.precision == "bf16"
    assert strong.averaging.decay > 0
    assert strong.assignment.force_best


def test_two_steps_make_a_member_that_can_be_published(tmp_path: Path) -> None:
    asked = recipe.read("strong")
    assert asked.network is not None
    asked = dataclasses.replace(
        asked,
        network=dataclasses.replace(asked.network, input_side=SIDE, pyramid_width=32, head_depth=1),
        start=dataclasses.replace(asked.start, pretrained=False),
        schedule=dataclasses.replace(asked.schedule, samples=4, round_samples=2, validate_every=0, keep=2),
        batch=dataclasses.replace(asked.batch, size=2, batch_norm_samples=4),
    )
    told: list[str] = []
    dataset = small_dataset(tmp_path / "data", count=8)
    weights = fit.run(FitRequest(asked, dataset, tmp_path / "run", accelerator="cpu"), told.append)
    assert told[0] == "Not compiled: that is for GPUs; on cpu the fit goes on without."
    assert not any(
        "_orig_mod" in name for name in torch.load(tmp_path / "run" / "last.ckpt", weights_only=True)["state_dict"]
    )
    assert all(torch.isfinite(value.float()).all() for value in load_file(weights).values())
    publish(PublishRequest(runs=(tmp_path / "run",), out=tmp_path / "bundle", name="strong", licence="Apache-2.0"))
    assert bundles.read(tmp_path / "bundle").network == asked.network
