"""Tests of compiling a network in place, and of going on without."""

import copy

import pytest
import torch
from torch import nn

from model_training.compilation import compile_in_place

CPU = torch.device("cpu")


@pytest.fixture
def network() -> nn.Module:
    torch.manual_seed(1)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2))


def test_a_compiled_network_says_the_same_and_its_weights_keep_their_names(network: nn.Module) -> None:
    images = torch.rand(2, 1, 8, 8)
    names, before = list(network.state_dict()), network(images)
    told: list[str] = []
    assert compile_in_place(network, CPU, "aot_eager", told.append)
    torch.testing.assert_close(network(images), before)
    assert list(network.state_dict()) == names
    assert not told
    torch.testing.assert_close(copy.deepcopy(network)(images), before)


def test_where_no_compiler_works_that_is_said_and_the_network_stays(network: nn.Module) -> None:
    told: list[str] = []
    assert not compile_in_place(network, CPU, "no-such-compiler", told.append)
    assert len(told) == 1
    assert told[0].startswith("Not compiled: torch.compile (no-such-compiler) does not work here (")
    assert told[0].endswith("the fit goes on without, slower.")
    assert network(torch.rand(2, 1, 8, 8)).shape == (2, 2)


def test_on_a_processor_nothing_is_compiled_unless_asked_for(network: nn.Module) -> None:
    told: list[str] = []
    assert not compile_in_place(network, CPU, "", told.append)
    assert told == ["Not compiled: that is for GPUs; on cpu the fit goes on without."]
