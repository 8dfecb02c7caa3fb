"""Statistics of batch normalisation: estimated anew over many images, and over all processes of a step."""

from collections.abc import Iterable

import torch
from timm.layers import convert_sync_batchnorm
from torch import Tensor, nn


def renew(network: nn.Module, batches: Iterable[Tensor]) -> None:
    """Set all running statistics to their plain mean over batches: those of small batches lag and waver.

    The network ends in evaluation mode.

    Args:
        network: in any mode; nothing happens without batch normalisation or without batches.
        batches: images as the network takes them.
    """
    layers = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    momenta = [layer.momentum for layer in layers]
    if not layers:
        return
    network.train()
    seen = False
    with torch.no_grad():
        for images in batches:
            if not seen:
                _reset(layers)
                seen = True
            network(images)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum
    network.eval()


def synchronise(network: nn.Module) -> None:
    """Let batch normalisation inside a network take its statistics over all processes; names of weights stay.

    timm's conversion is taken because torch's own would drop the activation that timm's layers hold.
    """
    for name, child in list(network.named_children()):
        setattr(network, name, convert_sync_batchnorm(child))


def _reset(layers: list[nn.BatchNorm2d]) -> None:
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # a plain mean over all that follows
