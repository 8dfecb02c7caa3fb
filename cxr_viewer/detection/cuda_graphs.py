"""One network recorded as a CUDA graph: hundreds of small kernels start with one call instead of one each.

As https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs has it: warm up on another stream, record once with
fixed memory for input and outputs, then copy an input in and replay.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

_WARM_UPS = 3
"""Runs before recording: cuDNN searches its algorithms and libraries take their memory, which cannot be recorded."""


class GraphedNetwork:
    """A network for one shape of input on the current CUDA device."""

    def __init__(self, network: Callable[[Tensor], Sequence[Tensor]], example: Tensor) -> None:
        """Record the network; call in inference mode.

        Args:
            network: does the same work at every call, without waiting for the device.
            example: an input of the shape, type and memory format of all later ones, on the device.
        """
        self._input = example.clone(memory_format=torch.preserve_format)
        aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]  # torch says nothing of its types
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(_WARM_UPS):
                network(self._input)
        torch.cuda.current_stream().wait_stream(aside)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._outputs = network(self._input)

    def __call__(self, images: Tensor) -> Sequence[Tensor]:
        """Start the network on an input; the outputs hold until the next call."""
        self._input.copy_(images)
        self._graph.replay()
        return self._outputs
