"""A member as the engines run it: probabilities instead of logits. Needs torch."""

from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from cxr_viewer.core.candidates import DetectorError
from cxr_viewer.detection.network_spec import NetworkSpec
from cxr_viewer.detection.retinanet import RetinaNet


class MemberNetwork(nn.Module):
    """A RetinaNet that answers scores (B, A), box deltas (B, A, 4), features (B, F) and class probabilities (B, 3).

    The last output is absent without a global head. Probabilities are taken in float32 whatever the weights are.
    """

    def __init__(self, network: RetinaNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Run the network on (B, 1, side, side) in [0, 1]."""
        raw = self.network(image)
        outputs = (raw.class_logits.float().sigmoid(), raw.box_deltas.float(), raw.features.float())
        if raw.global_logits is None:
            return outputs
        return (*outputs, raw.global_logits.float().softmax(dim=1))


def load_network(spec: NetworkSpec, weights: Path) -> RetinaNet:
    """Return the network in evaluation mode with the weights of a safetensors file, in float32.

    Raises:
        DetectorError: the weights do not fit the architecture or cannot be read.
    """
    network = RetinaNet(spec)
    try:
        state = load_file(weights)
        network.load_state_dict(
            {key: value.float() if value.is_floating_point() else value for key, value in state.items()}
        )
    except (OSError, SafetensorError, RuntimeError) as error:
        raise DetectorError(f"{weights} does not hold the weights of a {spec.encoder} RetinaNet.") from error
    return network.eval()
