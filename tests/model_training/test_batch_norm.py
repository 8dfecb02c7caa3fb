"""Tests of renewing batch normalisation."""

import torch
from timm.layers import BatchNormAct2d
from torch import nn

from model_training import batch_norm


def test_statistics_become_the_mean_over_all_batches_whatever_they_were() -> None:
    network = nn.Sequential(nn.BatchNorm2d(2))
    layer = network[0]
    assert isinstance(layer, nn.BatchNorm2d)
    layer.running_mean = torch.full((2,), 100.0)
    generator = torch.Generator().manual_seed(1)
    batches = [torch.randn(8, 2, 16, 16, generator=generator) * (number + 1) + number for number in range(5)]
    batch_norm.renew(network, iter(batches))
    torch.testing.assert_close(layer.running_mean, torch.stack([b.mean(dim=(0, 2, 3)) for b in batches]).mean(dim=0))
    torch.testing.assert_close(layer.running_var, torch.stack([b.var(dim=(0, 2, 3)) for b in batches]).mean(dim=0))
    assert layer.momentum == 0.1
    assert not network.training


def test_without_batches_nothing_changes() -> None:
    network = nn.Sequential(nn.BatchNorm2d(2))
    layer = network[0]
    assert isinstance(layer, nn.BatchNorm2d)
    layer.running_mean = torch.full((2,), 7.0)
    batch_norm.renew(network, [])
    assert layer.running_mean.tolist() == [7, 7]


def test_statistics_over_processes_keep_names_weights_and_activations() -> None:
    network = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2), BatchNormAct2d(2))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    batch_norm.synchronise(network)
    assert [type(layer).__name__ for layer in network] == ["Conv2d", "SyncBatchNorm", "SyncBatchNormAct"]
    assert isinstance(network[2].act, nn.ReLU)
    after = network.state_dict()
    assert list(after) == list(before)
    assert all(torch.equal(after[name], before[name]) for name in before)
