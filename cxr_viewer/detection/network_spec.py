"""What defines one network, as plain values: bundles and recipes carry it, and it can be read without torch."""

from dataclasses import dataclass, field
from typing import Literal

from cxr_viewer.detection.anchors import AnchorSpec

GlobalHeadKind = Literal["convolutional", "pooled", "none"]


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """One member's architecture; the defaults are the 2018 recipe's.

    Attributes:
        encoder: name of a timm encoder.
        input_side: side of the square input in pixels.
        input_channels: 3 replicates the grey image (pretrained encoders), 1 feeds it once.
        anchors: the grid; its levels are the pyramid's levels.
        coarse_from: P6 comes from C5 ("encoder", the recipe) or from P5 ("pyramid", fewer weights).
        pyramid_width: channels of pyramid and heads.
        head_depth: hidden convolutions of each head.
        batch_norm: normalise pyramid and heads (for training from scratch); the recipe does not.
        dropout: of the class head and the global head.
        class_head_dropout: the class head has it too (the published code; the paper's text has the global head alone).
        global_head: "convolutional" (the recipe's), "pooled" (small networks) or "none".
        mean, std: input statistics taken off values in [0, 1]; the recipe takes off none.
    """

    encoder: str = "legacy_seresnext101_32x4d"
    input_side: int = 512
    input_channels: int = 3
    anchors: AnchorSpec = field(default_factory=AnchorSpec)
    coarse_from: Literal["encoder", "pyramid"] = "encoder"
    pyramid_width: int = 256
    head_depth: int = 4
    batch_norm: bool = False
    dropout: float = 0.5
    class_head_dropout: bool = True
    global_head: GlobalHeadKind = "convolutional"
    mean: float = 0.0
    std: float = 1.0

    def __post_init__(self) -> None:
        levels = self.anchors.levels
        if levels != tuple(range(levels[0], levels[-1] + 1)) or levels[0] < 2 or levels[-1] < 5:
            raise ValueError(
                f"Pyramid levels must be consecutive, from 2 or 3 or 4 or 5 up to 5 or more, not {levels}."
            )
        if self.global_head == "convolutional" and self.input_side < 192:
            raise ValueError("The convolutional global head needs an input side of 192 pixels at least.")
