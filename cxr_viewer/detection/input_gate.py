"""The learned input gate: a small convolutional head on a thumbnail of the network input, run in numpy.

It tells a frontal chest radiograph from anything else by the picture alone. ``gate.safetensors`` holds one or several
heads of equal shape (``head-1.convolution-1.weight`` ...), whose logits are averaged, and the limit of the score.
Training and its reasons: ``model_training.gate``.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image
from safetensors import SafetensorError
from safetensors.numpy import load_file

from cxr_viewer.core.candidates import DetectorError
from cxr_viewer.core.gate import GateScore

THUMBNAIL_SIDE = 64
CONVOLUTIONS = 4
"""3 x 3, stride 2, each followed by ReLU; then a hidden and an output layer on what is left, positions kept."""

LIMIT = "limit"
_LEAST_CONTRAST = 0.03

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Weights of one layer: (outputs, inputs, 3, 3) or (outputs, inputs), and bias (outputs,)."""

    weight: Floats
    bias: Floats


@dataclass(frozen=True, slots=True, eq=False)
class InputGate:
    """A gate that is ready to judge.

    Attributes:
        heads: layers of each head: CONVOLUTIONS convolutions, hidden layer, output layer.
        limit: a higher score withholds.
    """

    heads: tuple[tuple[Layer, ...], ...]
    limit: float

    def judge(self, network_input: Floats) -> GateScore:
        """Return what the gate makes of a network input, (1, 1, side, side) float32 in [0, 1]."""
        return GateScore(score_of(self.logit(thumbnail(network_input[0, 0]))), self.limit)

    def logit(self, picture: Floats) -> float:
        """Return the heads' mean logit for a thumbnail."""
        return sum(_logit(head, picture) for head in self.heads) / len(self.heads)


def score_of(logit: float) -> float:
    """Return the score in [0, 1] of a mean logit."""
    return float(1 / (1 + np.exp(-np.clip(logit, -60, 60))))


def thumbnail(square: Floats) -> Floats:
    """Return what the heads look at: (THUMBNAIL_SIDE, THUMBNAIL_SIDE) float32 of mean 0 and about unit variance.

    Brightness and contrast are taken off, polarity is not: an inverted radiograph is no input for the model.

    Args:
        square: (side, side) float32 in [0, 1], a letterboxed image.
    """
    shape = (THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    small = Image.fromarray(np.ascontiguousarray(square, dtype=np.float32)).resize(shape, Image.Resampling.BOX)
    values = np.asarray(small, dtype=np.float32)
    return np.asarray((values - values.mean()) / (values.std() + _LEAST_CONTRAST), dtype=np.float32)


def read(path: Path) -> InputGate:
    """Return the gate of a bundle's file.

    Raises:
        DetectorError: the file cannot be read or holds something else.
    """
    try:
        tensors = load_file(path)
        count = len({name.partition(".")[0] for name in tensors if name.startswith("head-")})
        heads = tuple(_head(tensors, number) for number in range(1, count + 1))
        limit = float(tensors[LIMIT].item())
        if not heads or not 0 <= limit <= 1:
            raise ValueError("no heads or no limit")
        gate = InputGate(heads, limit)
        gate.judge(np.zeros((1, 1, THUMBNAIL_SIDE, THUMBNAIL_SIDE), np.float32))  # shapes that do not fit show here
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise DetectorError(f"{path} does not hold an input gate. Get a fresh copy of the bundle.") from error
    return gate


def layer_names() -> tuple[str, ...]:
    """Return the names of a head's layers, in the order in which they act."""
    return (*(f"convolution-{number}" for number in range(1, CONVOLUTIONS + 1)), "hidden", "output")


def _head(tensors: dict[str, NDArray[np.generic]], number: int) -> tuple[Layer, ...]:
    names = [f"head-{number}.{name}" for name in layer_names()]
    return tuple(
        Layer(tensors[f"{name}.weight"].astype(np.float32), tensors[f"{name}.bias"].astype(np.float32))
        for name in names
    )


def _logit(head: tuple[Layer, ...], picture: Floats) -> float:
    state = picture[None]
    for layer in head[:CONVOLUTIONS]:
        state = _convolved(state, layer)
    hidden, output = head[CONVOLUTIONS:]
    values = np.maximum(hidden.weight @ state.ravel() + hidden.bias, 0)
    return float((output.weight @ values + output.bias)[0])


def _convolved(state: Floats, layer: Layer) -> Floats:
    """Return (outputs, rows / 2, columns / 2) after a 3 x 3 convolution of stride 2, padded by zeros, and ReLU."""
    windows = sliding_window_view(np.pad(state, ((0, 0), (1, 1), (1, 1))), (3, 3), axis=(1, 2))[:, ::2, ::2]
    summed = np.tensordot(layer.weight, windows, axes=([1, 2, 3], [0, 3, 4]))
    return np.asarray(np.maximum(summed + layer.bias[:, None, None], 0), dtype=np.float32)
