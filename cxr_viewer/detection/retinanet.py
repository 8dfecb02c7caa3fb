"""The RetinaNet of the 2018 recipe on any timm encoder; ``forward`` returns raw outputs only.

Facts (levels, widths, initialisation, heads) are those of the published second-place code; every choice that differs
for small networks trained from scratch (batch normalisation, pooled global head, input statistics) is a field of
``NetworkSpec``, so that one module serves the paper's recipe and the demo's.
"""

from math import log
from typing import NamedTuple, Self

import timm
import torch
from torch import Tensor, nn
from torch.nn import functional

from cxr_viewer.detection.anchors import map_side
from cxr_viewer.detection.network_spec import NetworkSpec

PRIOR_PROBABILITY = 0.01
"""Score of every anchor before training."""

GLOBAL_CLASSES = ("No Lung Opacity / Not Normal", "Normal", "Lung Opacity")
"""Order of the global head's outputs."""


class RawOutput(NamedTuple):
    """What the network says, before sigmoid and decoding.

    Attributes:
        class_logits: (B, A).
        box_deltas: (B, A, 4), dx dy dw dh in units of ``anchors.CODE_STD``.
        global_logits: (B, 3) in the order of GLOBAL_CLASSES, or None without a global head.
        features: (B, 2 C), average and maximum of the deepest feature map: the input gate's evidence.
    """

    class_logits: Tensor
    box_deltas: Tensor
    global_logits: Tensor | None
    features: Tensor


class RetinaNet(nn.Module):
    """Encoder, pyramid, box and class heads shared over levels, and a global three-class head on the encoder."""

    def __init__(self, spec: NetworkSpec, pretrained: bool = False) -> None:
        """Build the network; ``pretrained`` asks timm for the encoder's ImageNet weights (needs a network or cache)."""
        super().__init__()
        self.spec = spec
        self.encoder = timm.create_model(
            spec.encoder,
            features_only=True,
            in_chans=spec.input_channels,
            pretrained=pretrained,
            out_indices=_encoder_indices(spec.encoder, spec.anchors.levels[0]),
        )
        channels = self.encoder.feature_info.channels()
        self.pyramid = Pyramid(spec, channels)
        per_cell = spec.anchors.per_cell
        self.box_head = Head(spec, per_cell * 4, dropout=0.0)
        self.class_head = Head(spec, per_cell, dropout=spec.dropout if spec.class_head_dropout else 0.0)
        self.global_head = _global_head(spec, channels[-1])
        _initialise(self)
        self._freeze_batch_norm = False

    def freeze_batch_norm(self) -> Self:
        """Keep running statistics fixed from now on, also in training mode (the recipe's rule for pretrained nets)."""
        self._freeze_batch_norm = True
        return self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        """Switch training mode; frozen batch normalisation stays in evaluation mode."""
        super().train(mode)
        if mode and self._freeze_batch_norm:
            for module in self.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()
        return self

    def forward(self, image: Tensor) -> RawOutput:
        """Run the network.

        Args:
            image: (B, 1, side, side) float in [0, 1], bright is dense.
        """
        spec = self.spec
        prepared = ((image - spec.mean) / spec.std).expand(-1, spec.input_channels, -1, -1)
        maps = [
            _on_grid(feature, map_side(spec.input_side, level))
            for feature, level in zip(self.encoder(prepared), self.pyramid.encoder_levels, strict=True)
        ]
        levels = self.pyramid(maps)
        deepest = maps[-1]
        return RawOutput(
            class_logits=torch.cat([_anchors_first(t, 1) for t in self.class_head(levels)], dim=1).squeeze(-1),
            box_deltas=torch.cat([_anchors_first(t, 4) for t in self.box_head(levels)], dim=1),
            global_logits=None if self.global_head is None else self.global_head(deepest),
            features=torch.cat([deepest.mean(dim=(2, 3)), deepest.amax(dim=(2, 3))], dim=1),
        )


class Pyramid(nn.Module):
    """Feature pyramid: lateral 1x1 and nearest upsampling; P6 from C5 or P5 (stride 2), P7 from ReLU(P6)."""

    def __init__(self, spec: NetworkSpec, channels: list[int]) -> None:
        super().__init__()
        width = spec.pyramid_width
        top = spec.anchors.levels[-1]
        self.encoder_levels = tuple(range(spec.anchors.levels[0], 6))
        self.coarse_from_encoder = spec.coarse_from == "encoder"
        source = channels[-1] if self.coarse_from_encoder else width
        self.lateral = nn.ModuleList([_convolution(spec, count, width, 1, activate=False) for count in channels])
        self.smooth = nn.ModuleList([_convolution(spec, width, width, 3) for _ in channels])
        self.coarse = nn.ModuleList(
            [_convolution(spec, source if level == 6 else width, width, 3, stride=2) for level in range(6, top + 1)]
        )

    def forward(self, maps: list[Tensor]) -> list[Tensor]:
        """Return one map per level, finest first, from encoder maps, finest first."""
        merged: list[Tensor] = []
        for feature, lateral in zip(reversed(maps), reversed(self.lateral), strict=True):
            level = lateral(feature)
            if merged:
                level = level + functional.interpolate(merged[0], size=level.shape[-2:], mode="nearest")
            merged.insert(0, level)
        levels = [smooth(level) for smooth, level in zip(self.smooth, merged, strict=True)]
        source = maps[-1] if self.coarse_from_encoder else levels[-1]
        for index, coarse in enumerate(self.coarse):
            source = coarse(functional.relu(source) if index else source)
            levels.append(source)
        return levels


class Head(nn.Module):
    """Convolutions shared over levels; with batch normalisation every level keeps statistics of its own."""

    def __init__(self, spec: NetworkSpec, outputs: int, dropout: float) -> None:
        super().__init__()
        width, levels = spec.pyramid_width, len(spec.anchors.levels)
        self.hidden = nn.ModuleList([nn.Conv2d(width, width, 3, padding=1) for _ in range(spec.head_depth)])
        self.norms = nn.ModuleList(
            [
                nn.ModuleList(
                    [nn.BatchNorm2d(width) if spec.batch_norm else nn.Identity() for _ in range(spec.head_depth)]
                )
                for _ in range(levels)
            ]
        )
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Conv2d(width, outputs, 3, padding=1)

    def forward(self, levels: list[Tensor]) -> list[Tensor]:
        """Return (B, outputs, H, W) for every level."""
        results = []
        for level, norms in zip(levels, self.norms, strict=True):
            state = level
            for hidden, norm in zip(self.hidden, norms, strict=True):  # type: ignore[call-overload]  # torch types a list of lists as Module
                state = functional.relu(norm(hidden(state)))
            results.append(self.output(self.dropout(state)))
        return results


class ConvolutionalGlobalHead(nn.Module):
    """The recipe's global head: pool, 3x3 convolution without padding, average and maximum, dropout, linear."""

    def __init__(self, channels: int, width: int, dropout: float) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(channels, width, 3)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(2 * width, len(GLOBAL_CLASSES))

    def forward(self, deepest: Tensor) -> Tensor:
        """Return logits (B, 3) from the deepest encoder map; it must be at least 6 pixels wide."""
        state = functional.relu(self.convolution(functional.max_pool2d(deepest, 2)))
        pooled = torch.cat([state.mean(dim=(2, 3)), state.amax(dim=(2, 3))], dim=1)
        logits: Tensor = self.output(self.dropout(pooled))
        return logits


class PooledGlobalHead(nn.Module):
    """A global head for small networks: average and maximum of the deepest map, dropout, linear."""

    def __init__(self, channels: int, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(2 * channels, len(GLOBAL_CLASSES))

    def forward(self, deepest: Tensor) -> Tensor:
        """Return logits (B, 3) from the deepest encoder map."""
        pooled = torch.cat([deepest.mean(dim=(2, 3)), deepest.amax(dim=(2, 3))], dim=1)
        logits: Tensor = self.output(self.dropout(pooled))
        return logits


def _global_head(spec: NetworkSpec, channels: int) -> nn.Module | None:
    if spec.global_head == "none":
        return None
    if spec.global_head == "pooled":
        return PooledGlobalHead(channels, spec.dropout)
    return ConvolutionalGlobalHead(channels, spec.pyramid_width, spec.dropout)


def _convolution(
    spec: NetworkSpec, inputs: int, outputs: int, kernel: int, stride: int = 1, activate: bool = True
) -> nn.Module:
    """Return a plain convolution, or convolution + batch normalisation (+ ReLU) where the spec asks for it."""
    if not spec.batch_norm:
        return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2)
    layers = [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, nn.ReLU(inplace=True)) if activate else nn.Sequential(*layers)


def _encoder_indices(encoder: str, lowest_level: int) -> tuple[int, ...]:
    """Return which of timm's feature maps have reductions 2**lowest_level to 32."""
    with torch.device("meta"):  # asked for its plan only: no memory, no random numbers
        probe = timm.create_model(encoder, features_only=True, pretrained=False)
    reductions = probe.feature_info.reduction()
    wanted = [2**level for level in range(lowest_level, 6)]
    missing = [reduction for reduction in wanted if reduction not in reductions]
    if missing:
        raise ValueError(f"The encoder {encoder} has feature maps at {reductions}, but {missing} are needed.")
    return tuple(reductions.index(reduction) for reduction in wanted)


def _on_grid(feature: Tensor, side: int) -> Tensor:
    """Return the map with its edges drawn out to the shared grid where an encoder does not pad its convolutions.

    What such an encoder (Inception-ResNet-v2, Xception) leaves out lies at the edges, so that drawing them out keeps
    every cell within a third of a stride of its anchor's centre; resampling would move it by up to one stride.
    """
    rows, columns = side - feature.shape[-2], side - feature.shape[-1]
    if rows == 0 and columns == 0:
        return feature
    edges = (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2)
    return functional.pad(feature, edges, mode="replicate")


def _anchors_first(output: Tensor, values: int) -> Tensor:
    """Bring (B, per_cell * values, H, W) to (B, H * W * per_cell, values), the order of ``anchors.grid``."""
    return output.permute(0, 2, 3, 1).reshape(output.shape[0], -1, values)


def _initialise(network: RetinaNet) -> None:
    """He-normal (fan out) convolutions outside the encoder; class prior 0.01 and boxes equal to anchors at the start.

    With batch normalisation the outputs start near, not at, these values: exact zeros would stop its gradients.
    """
    for part in (network.pyramid, network.box_head, network.class_head, network.global_head):
        for module in part.modules() if part is not None else ():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
    spread = 0.005 if network.spec.batch_norm else 0.0
    class_bias = -log((1 - PRIOR_PROBABILITY) / PRIOR_PROBABILITY)
    for head, bias in ((network.box_head, 0.0), (network.class_head, class_bias)):
        nn.init.normal_(head.output.weight, std=spread)
        if head.output.bias is not None:
            nn.init.constant_(head.output.bias, bias)
