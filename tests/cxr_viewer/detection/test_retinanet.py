"""Tests of the network against the recipe's figures: parameters, initial values, grid."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import nn

from cxr_viewer.detection.anchors import AnchorSpec, grid, map_side
from cxr_viewer.detection.network_spec import NetworkSpec
from cxr_viewer.detection.retinanet import RetinaNet
from tests.bundle_factory import TINY

SMALL_PAPER = NetworkSpec(encoder="resnet18", input_side=256)


def parameters(module: nn.Module | None) -> int:
    assert module is not None
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.fixture(scope="module")
def papers_network() -> RetinaNet:
    return RetinaNet(NetworkSpec())


def test_the_papers_network_has_the_published_parameter_counts(papers_network: RetinaNet) -> None:
    assert parameters(papers_network.encoder) == 46_906_416
    assert parameters(papers_network.pyramid) == 8_653_312
    assert parameters(papers_network.box_head) == 2_443_300
    assert parameters(papers_network.class_head) == 2_381_065
    assert parameters(papers_network.global_head) == 4_720_387
    assert parameters(papers_network) == 65_104_480


def test_without_p2_it_has_the_published_parameter_count() -> None:
    network = RetinaNet(NetworkSpec(anchors=AnchorSpec(levels=(3, 4, 5, 6, 7))))
    assert parameters(network) == 64_448_608
    assert parameters(network.pyramid) == 7_997_440


def test_the_50_layer_variant_has_the_published_parameter_count() -> None:
    assert parameters(RetinaNet(NetworkSpec(encoder="legacy_seresnext50_32x4d"))) == 43_708_960


def test_before_training_every_score_is_one_percent_and_every_box_its_anchor() -> None:
    network = RetinaNet(SMALL_PAPER).eval()
    with torch.inference_mode():
        raw = network(torch.rand(1, 1, 256, 256))
    torch.testing.assert_close(raw.class_logits.sigmoid(), torch.full_like(raw.class_logits, 0.01), atol=1e-6, rtol=0)
    assert not raw.box_deltas.any()


@pytest.mark.parametrize("spec", [SMALL_PAPER, TINY, replace(SMALL_PAPER, anchors=AnchorSpec(levels=(4, 5, 6)))])
def test_outputs_follow_the_grid(spec: NetworkSpec) -> None:
    with torch.inference_mode():
        raw = RetinaNet(spec).eval()(torch.rand(2, 1, spec.input_side, spec.input_side))
    anchors = len(grid(spec.anchors, spec.input_side))
    assert raw.class_logits.shape == (2, anchors)
    assert raw.box_deltas.shape == (2, anchors, 4)
    assert raw.global_logits is not None
    assert raw.global_logits.shape == (2, 3)
    assert raw.features.shape[0] == 2


def test_output_order_is_the_order_of_the_anchors() -> None:
    """A head that answers its own place must give the anchors' centres back, level by level, row by row."""
    network = RetinaNet(TINY).eval()

    def place(levels: list[torch.Tensor]) -> list[torch.Tensor]:
        answers = []
        for level, stride in zip(levels, (8, 16, 32, 64), strict=True):
            side = level.shape[-1]
            centre = (torch.arange(side) + 0.5) * stride
            rows, columns = torch.meshgrid(centre, centre, indexing="ij")
            shape = torch.arange(9.0).view(9, 1, 1, 1).expand(9, 1, side, side)
            cell = torch.stack([columns, rows]).expand(9, 2, side, side)
            values = torch.cat([cell, shape, torch.zeros_like(shape)], dim=1).reshape(1, 36, side, side)
            answers.append(values)
        return answers

    network.box_head.forward = place  # type: ignore[method-assign]
    with torch.inference_mode():
        answered = network(torch.rand(1, 1, 128, 128)).box_deltas[0]
    anchors = torch.from_numpy(grid(TINY.anchors, 128))
    torch.testing.assert_close(answered[:, :2], anchors[:, :2])
    torch.testing.assert_close(answered[:, 2], torch.arange(9.0).repeat(len(anchors) // 9))


@pytest.mark.parametrize("side", [192, 299])
def test_maps_of_an_encoder_without_padding_are_drawn_out_to_the_grid(side: int) -> None:
    spec = NetworkSpec(encoder="inception_resnet_v2", input_side=side, anchors=AnchorSpec(levels=(3, 4, 5, 6, 7)))
    network = RetinaNet(spec).eval()
    with torch.inference_mode():
        image = torch.rand(1, 1, side, side)
        raw, own = network(image), network.encoder(image.expand(-1, 3, -1, -1))[-1]
    assert raw.class_logits.shape[1] == len(grid(spec.anchors, side))
    assert own.shape[-1] == map_side(side, 5) - 2
    torch.testing.assert_close(raw.features[:, own.shape[1] :], own.amax(dim=(2, 3)))


def test_cells_of_an_encoder_without_padding_see_the_place_of_their_anchors() -> None:
    """The middle of what a cell responds to, by its gradient, lies near the cell's own centre."""
    side = 256
    network = RetinaNet(NetworkSpec(encoder="inception_resnet_v2", input_side=side)).eval()
    for module in network.encoder.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.constant_(module.weight, 1 / module.weight[0].numel())
    seen: list[list[torch.Tensor]] = []
    network.pyramid.register_forward_pre_hook(lambda _module, arguments: seen.append(arguments[0]))
    image = torch.rand(1, 1, side, side, generator=torch.Generator().manual_seed(1)).requires_grad_()
    network(image)
    places = torch.arange(side) + 0.5
    for level, feature in enumerate(seen[0][:3], start=2):  # the deepest cells see the whole image
        cell = map_side(side, level) * 5 // 8
        (gradient,) = torch.autograd.grad(feature[0, :, cell, cell].sum(), image, retain_graph=True)
        weight = gradient[0, 0].abs()
        for middle in (weight.sum(dim=1) @ places / weight.sum(), weight.sum(dim=0) @ places / weight.sum()):
            assert abs(float(middle) / 2**level - (cell + 0.5)) < 0.45, level


def test_frozen_batch_norm_stays_frozen_in_training_mode() -> None:
    network = RetinaNet(SMALL_PAPER).freeze_batch_norm().train()
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    before = [norm.running_mean.clone() for norm in norms if norm.running_mean is not None]
    network(torch.rand(2, 1, 256, 256))
    assert norms
    assert network.training
    for norm, mean in zip(norms, before, strict=True):
        assert norm.running_mean is not None
        assert torch.equal(norm.running_mean, mean)


def test_input_statistics_are_taken_off_inside_the_network() -> None:
    seen: list[torch.Tensor] = []
    network = RetinaNet(replace(TINY, mean=0.5, std=0.25)).eval()
    original: Callable[[torch.Tensor], list[torch.Tensor]] = network.encoder.forward

    def watched(image: torch.Tensor) -> list[torch.Tensor]:
        seen.append(image)
        return original(image)

    network.encoder.forward = watched
    with torch.inference_mode():
        network(torch.ones(1, 1, 128, 128))
    assert (seen[0] == 2).all()


@pytest.mark.parametrize("everywhere", [True, False])
def test_the_class_head_drops_out_only_where_asked(everywhere: bool) -> None:
    network = RetinaNet(replace(TINY, dropout=0.5, class_head_dropout=everywhere))
    rates = [module.p for module in network.class_head.modules() if isinstance(module, nn.Dropout)]
    assert rates == [0.5 if everywhere else 0.0]
    assert network.global_head is not None
    assert [module.p for module in network.global_head.modules() if isinstance(module, nn.Dropout)] == [0.5]


def test_no_global_head_means_no_global_output() -> None:
    with torch.inference_mode():
        assert RetinaNet(replace(TINY, global_head="none")).eval()(torch.rand(1, 1, 128, 128)).global_logits is None


def test_impossible_levels_are_refused() -> None:
    with pytest.raises(ValueError, match="consecutive"):
        NetworkSpec(anchors=AnchorSpec(levels=(3, 5, 6)))
    with pytest.raises(ValueError, match="192"):
        NetworkSpec(input_side=128)
