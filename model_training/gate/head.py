"""Fits the gate's heads: small convolutional networks that tell a frontal chest from anything else."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from cxr_viewer.detection import input_gate
from cxr_viewer.detection.input_gate import THUMBNAIL_SIDE, Layer

_CHANNELS = (8, 16, 24, 24)
_HIDDEN = 24
_DROPOUT = 0.3
_BATCH = 64
_LEARNING_RATE = 4e-3
_WEIGHT_DECAY = 0.02
_LARGEST_SHIFT = 3
"""Thumbnail pixels that a batch is moved by, at random."""

Thumbnails = NDArray[np.float32]


class HeadNetwork(nn.Module):
    """One head: thumbnails (B, 1, THUMBNAIL_SIDE, THUMBNAIL_SIDE) in, logits (B,) out; above 0 is no chest."""

    def __init__(self) -> None:
        super().__init__()
        inputs = (1, *_CHANNELS[:-1])
        self.convolutions = nn.ModuleList(
            nn.Conv2d(own, following, 3, stride=2, padding=1) for own, following in zip(inputs, _CHANNELS, strict=True)
        )
        left = THUMBNAIL_SIDE // 2 ** len(_CHANNELS)
        self.dropout = nn.Dropout(_DROPOUT)
        self.hidden = nn.Linear(_CHANNELS[-1] * left**2, _HIDDEN)
        self.output = nn.Linear(_HIDDEN, 1)

    def forward(self, thumbnails: Tensor) -> Tensor:
        """Return the logits."""
        state = thumbnails
        for convolution in self.convolutions:
            state = functional.relu(convolution(state))
        hidden = functional.relu(self.hidden(self.dropout(state.flatten(1))))
        logits: Tensor = self.output(hidden)[:, 0]
        return logits

    def layers(self) -> tuple[Layer, ...]:
        """Return the weights as the viewer's numpy head takes them, rounded to what the file stores (float16)."""
        modules = (*self.convolutions, self.hidden, self.output)
        return tuple(Layer(_stored(module.weight), _stored(module.bias)) for module in modules)


def _stored(weights: Tensor | nn.Module) -> NDArray[np.float32]:
    assert isinstance(weights, Tensor)
    return np.asarray(weights.detach().half().float().cpu().numpy())


def thumbnails_of(images: NDArray[np.uint8]) -> Thumbnails:
    """Return what the heads look at, (N, THUMBNAIL_SIDE, THUMBNAIL_SIDE), of network inputs (N, side, side) uint8."""
    return np.stack([input_gate.thumbnail(image.astype(np.float32) / np.float32(255)) for image in images])


def fit_head(
    inside: Thumbnails,
    outside: Thumbnails,
    seed: int,
    epochs: int,
    on_progress: Callable[[int, int], None] | None = None,
) -> HeadNetwork:
    """Return one head, fitted to both sides with equal weight in all.

    Args:
        inside: of frontal chests.
        outside: of anything else.
        seed: of the weights, the order and the changes.
        epochs: how often each picture is seen.
        on_progress: told (steps done, of).
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = HeadNetwork()
        images = torch.from_numpy(np.concatenate([inside, outside]))[:, None]
        truths = torch.cat([torch.zeros(len(inside)), torch.ones(len(outside))])
        shares = torch.cat([torch.full((len(own),), 0.5 / len(own)) for own in (inside, outside)]) * len(images)
        steps = epochs * max(1, len(images) // _BATCH)
        optimiser = torch.optim.AdamW(network.parameters(), _LEARNING_RATE, weight_decay=_WEIGHT_DECAY)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _LEARNING_RATE, total_steps=steps + 1)
        order = torch.cat([torch.randperm(len(images)) for _ in range(epochs + 1)])
        network.train()
        for step in range(steps):
            chosen = order[step * _BATCH : (step + 1) * _BATCH]
            losses = functional.binary_cross_entropy_with_logits(
                network(_moved(images[chosen])), truths[chosen], reduction="none"
            )
            optimiser.zero_grad()
            (losses * shares[chosen]).mean().backward()  # type: ignore[no-untyped-call]  # torch's own
            optimiser.step()
            schedule.step()
            if on_progress is not None:
                on_progress(step + 1, steps)
    return network.eval()


def _moved(images: Tensor) -> Tensor:
    """Return a batch moved by a few pixels, mirrored half of the time: the heart may lie on either side."""
    shifts = torch.randint(-_LARGEST_SHIFT, _LARGEST_SHIFT + 1, (2,)).tolist()
    moved = torch.roll(images, shifts, dims=(2, 3))
    return moved.flip(3) if torch.rand(1) < 0.5 else moved
