"""Writes small untrained bundles for tests: real files, real engines, meaningless opinions."""

from pathlib import Path

import torch

from cxr_viewer import __version__
from cxr_viewer.core.candidates import SelectionRules, Thresholds
from cxr_viewer.detection import bundle as bundles
from cxr_viewer.detection.anchors import AnchorSpec
from cxr_viewer.detection.member_files import write_member
from cxr_viewer.detection.network_spec import NetworkSpec
from cxr_viewer.detection.retinanet import RetinaNet

TINY = NetworkSpec(
    encoder="mobilenetv3_small_050",
    input_side=128,
    input_channels=1,
    anchors=AnchorSpec(levels=(3, 4, 5, 6)),
    coarse_from="pyramid",
    pyramid_width=16,
    head_depth=1,
    batch_norm=True,
    dropout=0.0,
    global_head="pooled",
    mean=0.45,
    std=0.25,
)


def random_network(spec: NetworkSpec = TINY, seed: int = 0) -> RetinaNet:
    """Return a network with random weights whose scores spread around 0.1, so that it has something to say."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = RetinaNet(spec)
        torch.nn.init.normal_(network.class_head.output.weight, std=0.05)
        output = network.class_head.output
        output.bias = torch.nn.Parameter(torch.full((output.out_channels,), -2.0))
        torch.nn.init.normal_(network.box_head.output.weight, std=0.05)
    return network.eval()


def tiny_bundle(folder: Path, members: int = 2, spec: NetworkSpec = TINY, half: bool = True) -> bundles.ModelBundle:
    """Write a bundle of random members into a new ``folder`` and return it."""
    folder.mkdir(parents=True)
    written = tuple(
        write_member(random_network(spec, seed), folder, seed + 1, fold=str(seed), half=half) for seed in range(members)
    )
    card = folder / "MODEL_CARD.md"
    card.write_text("Random weights, for tests.\n", encoding="utf-8")
    bundle = bundles.ModelBundle(
        folder=folder,
        digest="",
        name="tiny",
        version="0",
        created="2026-01-01T00:00:00+00:00",
        licence="Apache-2.0",
        intended_use="tests",
        learned_from="nothing: random weights",
        members=written,
        network=spec,
        thresholds=Thresholds(0.1, 0.05),
        rules=SelectionRules(),
        validation=bundles.Validation("none", 0, {}, (bundles.OperatingPoint(0.1, 0.5, 0.25),)),
        training_data_digest="",
        code_version=__version__,
        graph_precision="fp16" if half else "fp32",
    )
    files = {path.name: path for path in folder.iterdir()}
    return bundles.write(bundle, files)
