"""Exponential moving average of a network's weights: judged and published in place of the last step's, which waver.

torch's ``AveragedModel`` keeps the copy; here is only how fast it follows. Lightning's own callback is not used: it
copies the whole learner, memory-mapped data set included.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel


@dataclass(frozen=True, slots=True)
class AveragingRules:
    """The moving average of the weights.

    Attributes:
        decay: share of the average that stays at each step; 0 keeps no average.
        warm_up: after n steps at most (1 + n) / (warm_up + n) stays, so that the start is forgotten soon.
    """

    decay: float = 0.0
    warm_up: int = 10

    def __post_init__(self) -> None:
        if not 0 <= self.decay < 1:
            raise ValueError(f"The decay of the average must be at least 0 and below 1, not {self.decay:g}.")
        if self.warm_up < 1:
            raise ValueError(f"The warm-up of the average must be 1 step at least, not {self.warm_up}.")

    def decay_after(self, steps: int) -> float:
        """Return the share of the average that stays at the step that follows ``steps`` earlier ones."""
        return min(self.decay, (1 + steps) / (self.warm_up + steps))


def averaged(network: nn.Module, rules: AveragingRules) -> AveragedModel:
    """Return a copy of a network that follows it with every ``update_parameters``, in the network's precision.

    The running statistics of batch normalisation are averaged like the weights: they belong together.
    """

    def follow(averages: list[Tensor], current: list[Tensor], steps: Tensor | int) -> None:
        if averages[0].is_floating_point():
            torch._foreach_lerp_(averages, current, 1 - rules.decay_after(int(steps)))
        else:  # batch normalisation counts its batches
            torch._foreach_copy_(averages, current)

    model = AveragedModel(network, multi_avg_fn=follow, use_buffers=True)  # type: ignore[arg-type]  # torch names tuples, and hands over lists
    model.requires_grad_(False)
    return model
