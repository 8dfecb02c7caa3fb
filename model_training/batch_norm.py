"""Estimates the statistics of batch normalisation anew over many images: those of small batches lag and waver."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn


def renew(network: nn.Module, batches: Iterable[Tensor]) -> None:
    """Set all running statistics to their plain mean over batches; the network ends in evaluation mode.

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


def _reset(layers: list[nn.BatchNorm2d]) -> None:
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # a plain mean over all that follows
