"""Tests of the moving average of the weights."""

import pytest
import torch
from torch import nn

from model_training.averaging import AveragingRules, averaged


def test_the_average_is_the_sum_written_out() -> None:
    rules = AveragingRules(decay=0.9, warm_up=10)
    network = nn.Linear(3, 2)
    average = averaged(network, rules)
    wanted = torch.zeros(2, 3)
    for step in range(60):
        with torch.no_grad():
            network.weight.normal_()
        average.update_parameters(network)
        stays = 0.0 if step == 0 else min(0.9, (1 + step) / (10 + step))
        wanted = stays * wanted + (1 - stays) * network.weight.detach()
    torch.testing.assert_close(average.module.weight, wanted)
    assert not any(parameter.requires_grad for parameter in average.parameters())


def test_running_statistics_are_averaged_and_counts_copied() -> None:
    network = nn.BatchNorm2d(2)
    average = averaged(network, AveragingRules(decay=0.5, warm_up=1))
    for shown in range(3):
        network(torch.randn(4, 2, 3, 3) + shown)
        before = average.module.state_dict()["running_mean"].clone()
        average.update_parameters(network)
        now = network.state_dict()["running_mean"]
        torch.testing.assert_close(
            average.module.state_dict()["running_mean"], now if shown == 0 else (before + now) / 2
        )
    assert int(average.module.state_dict()["num_batches_tracked"]) == 3


def test_the_start_is_forgotten_soon() -> None:
    rules = AveragingRules(decay=0.998)
    assert [rules.decay_after(steps) for steps in (0, 8, 1_000_000)] == [0.1, 0.5, 0.998]


@pytest.mark.parametrize(("decay", "warm_up"), [(1.0, 10), (-0.1, 10), (0.9, 0)])
def test_a_decay_that_cannot_be_is_refused(decay: float, warm_up: int) -> None:
    with pytest.raises(ValueError, match="must be"):
        AveragingRules(decay, warm_up)
