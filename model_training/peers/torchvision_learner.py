"""How torchvision's RetinaNet learns: the batches, changes, optimiser and schedule of a Learner, its own losses."""

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from cxr_viewer.core import geometry
from cxr_viewer.detection.retinanet import RetinaNet
from model_training.learner import Learner, PreparedBatch
from model_training.losses import Losses
from model_training.peers.torchvision_retinanet import TorchvisionRetinaNet
from model_training.recipe import Recipe
from model_training.run_data import RunData


@dataclass(frozen=True, slots=True, eq=False)
class PeerBatch(PreparedBatch):
    """A batch after augmentation whose boxes are not assigned yet: torchvision does that.

    Attributes:
        boxes: per image (N, 4) float32 in network pixels, on the device.
    """

    boxes: tuple[Tensor, ...]


class TorchvisionLearner(Learner):
    """The peer under training."""

    def __init__(self, network: TorchvisionRetinaNet, recipe: Recipe, seed: int, data: RunData) -> None:
        # a Learner asks its network for spec and parameters; the losses, which ask for more, are replaced below
        super().__init__(cast(RetinaNet, network), recipe, seed, data)

    def _with_targets(
        self,
        images: Tensor,
        boxes: tuple[geometry.Boxes, ...],
        hard_negatives: tuple[geometry.Boxes, ...],
        classes: Tensor,
    ) -> PeerBatch:
        del hard_negatives  # torchvision knows none
        images = images.contiguous(memory_format=torch.channels_last)
        return PeerBatch(images, (), classes, tuple(self._solid(own) for own in boxes))

    def _losses(self, network: nn.Module, batch: PreparedBatch) -> Losses:
        assert isinstance(network, TorchvisionRetinaNet)
        assert isinstance(batch, PeerBatch)
        classification, regression = network.losses(batch.images, batch.boxes)
        total = classification + regression
        return Losses(total, classification.detach(), regression.detach(), torch.zeros_like(total))

    def _solid(self, boxes: geometry.Boxes) -> Tensor:
        """Return boxes on the device, without those of no extent, which torchvision refuses."""
        solid = boxes[(boxes[:, 2:] > boxes[:, :2]).all(axis=1)]
        return self._tensor(solid)
