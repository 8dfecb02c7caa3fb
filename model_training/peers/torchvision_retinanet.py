"""torchvision's RetinaNet on a timm encoder: its anchors, matching, box coding, losses, heads and pyramid, unchanged.

Two options of torchvision's own are taken so that it learns from scratch: group normalisation in the heads (as its
second version has it) and batch normalisation in the pyramid. Selection is that of the other rows of a study: boxes
down to the score floor, overlap 0.05, relative suppression by half.
"""

from collections import OrderedDict
from functools import partial
from typing import Any

import timm
import torch
from torch import Tensor, nn
from torchvision.models.detection import RetinaNet
from torchvision.models.detection.retinanet import RetinaNetHead
from torchvision.ops import FeaturePyramidNetwork
from torchvision.ops.feature_pyramid_network import LastLevelP6P7

from cxr_viewer.core.candidates import SCORE_FLOOR
from cxr_viewer.detection.network_spec import NetworkSpec
from model_training.prediction import DEFAULT_OVERLAP

OPACITY_LABEL = 0
"""The only class; torchvision's RetinaNet counts no background class."""

_GROUPS = 32
"""Groups of channels, as in torchvision's second version; fewer where the pyramid is so narrow that a group would be
one channel, which has no spread on a map of one cell."""

_ANCHORS_PER_CELL = 9
"""Of torchvision's default anchors: three sizes, three ratios."""


class _Features(nn.Module):
    """Encoder and pyramid, as torchvision's detectors want them."""

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__()
        self.out_channels = spec.pyramid_width
        self.encoder = timm.create_model(
            spec.encoder, features_only=True, in_chans=spec.input_channels, pretrained=False, out_indices=(2, 3, 4)
        )
        channels = self.encoder.feature_info.channels()
        coarse = LastLevelP6P7(spec.pyramid_width, spec.pyramid_width)
        self.pyramid = FeaturePyramidNetwork(channels, spec.pyramid_width, coarse, norm_layer=nn.BatchNorm2d)

    def forward(self, images: Tensor) -> OrderedDict[str, Tensor]:
        """Return maps of strides 8 to 128 from (B, C, S, S)."""
        maps = OrderedDict((str(level), feature) for level, feature in enumerate(self.encoder(images), start=3))
        found: OrderedDict[str, Tensor] = self.pyramid(maps)
        return found


class TorchvisionRetinaNet(nn.Module):
    """torchvision's detector, with its loss in fp32 whatever precision the maps were computed in."""

    def __init__(self, spec: NetworkSpec) -> None:
        """Build the detector; ``spec`` gives encoder, side, channels, pyramid width and image statistics."""
        super().__init__()
        self.spec = spec
        self.detector: Any = RetinaNet(
            _Features(spec),
            num_classes=1,
            head=RetinaNetHead(
                spec.pyramid_width,
                _ANCHORS_PER_CELL,
                1,
                norm_layer=partial(nn.GroupNorm, min(_GROUPS, spec.pyramid_width // 2)),
            ),
            min_size=spec.input_side,
            max_size=spec.input_side,
            image_mean=[spec.mean] * spec.input_channels,
            image_std=[spec.std] * spec.input_channels,
            score_thresh=SCORE_FLOOR,
            nms_thresh=DEFAULT_OVERLAP,
            _skip_resize=True,  # prepared images have the side already
        )

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """Return logits (B, A, 1) and box deltas (B, A, 4) for (B, 1, S, S) in [0, 1]: no matching, no selection."""
        prepared, _ = self.detector.transform(self._channels(images))
        outputs: dict[str, Tensor] = self.detector.head(list(self.detector.backbone(prepared.tensors).values()))
        return outputs

    def losses(self, images: Tensor, boxes: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        """Return classification and box loss of a batch, scalars with gradient.

        Args:
            images: (B, 1, S, S) float in [0, 1].
            boxes: per image (N, 4), network pixels, of some extent.
        """
        targets = [
            {"boxes": own, "labels": torch.full((len(own),), OPACITY_LABEL, dtype=torch.int64, device=own.device)}
            for own in boxes
        ]
        prepared, targets = self.detector.transform(self._channels(images), targets)
        maps = list(self.detector.backbone(prepared.tensors).values())
        outputs = self.detector.head(maps)
        with torch.autocast(images.device.type, enabled=False):
            outputs = {name: output.float() for name, output in outputs.items()}
            found = self.detector.compute_loss(targets, outputs, self.detector.anchor_generator(prepared, maps))
        return found["classification"], found["bbox_regression"]

    def detect(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Return boxes (N, 4) in network pixels and scores (N,), best first, of one image (1, 1, S, S)."""
        found = self.detector(self._channels(image))[0]
        return found["boxes"], found["scores"]

    def _channels(self, images: Tensor) -> list[Tensor]:
        """Return the images as torchvision takes them: a list of (C, S, S)."""
        return list(images.expand(-1, self.spec.input_channels, -1, -1))
