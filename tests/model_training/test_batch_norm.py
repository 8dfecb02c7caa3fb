"""Tests of renewing batch normalisation."""

import torch
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
