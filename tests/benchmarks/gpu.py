"""Images a second on a GPU: an ensemble of 4 SE-ResNeXt-101 at 512 px, against a loop in eager torch fp32.

Run: python -m tests.benchmarks.gpu      (needs a CUDA device; about 2 minutes)
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray

from cxr_viewer.core.candidates import Candidates, NetworkInput
from cxr_viewer.detection import anchors
from cxr_viewer.detection.bundle import ModelBundle
from cxr_viewer.detection.member_network import MemberNetwork, load_network
from cxr_viewer.detection.merging import MemberOutput, merge
from cxr_viewer.detection.network_spec import NetworkSpec
from cxr_viewer.detection.preprocessing import letterbox_of, network_input
from cxr_viewer.detection.torch_ensemble import TorchEnsemble
from tests.benchmarks.many_members import same_members
from tests.benchmarks.pairing import medians

MEMBERS = 4
ROUNDS = 7


class EagerLoop:
    """What one writes first: fp32, member after member, image after image, every output brought to the host."""

    def __init__(self, bundle: ModelBundle) -> None:
        self._side = bundle.network.input_side
        self._anchors = anchors.grid(bundle.network.anchors, self._side)
        self._networks = [
            MemberNetwork(load_network(bundle.network, bundle.folder / member.weights)).eval().cuda()
            for member in bundle.members
        ]

    def run(self, entry: NetworkInput) -> Candidates:
        """Return the candidates of one image."""
        image = torch.from_numpy(network_input(entry.square)).cuda()
        with torch.inference_mode():
            outputs = [[part[0].cpu().numpy() for part in network(image)] for network in self._networks]
        members = [MemberOutput(scores, deltas, classes, features) for scores, deltas, features, classes in outputs]
        return merge(members, self._anchors, letterbox_of(entry.rows, entry.columns, self._side))


def measure() -> str:
    """Return the table."""
    with TemporaryDirectory() as folder:
        bundle = same_members(Path(folder) / "bundle", NetworkSpec(), MEMBERS)
        ours, loop = TorchEnsemble(bundle, "cuda"), EagerLoop(bundle)
    inputs = [NetworkInput(square, 2048, 2048) for square in _squares(ours.batch_size, ours.input_side)]
    ways: dict[str, Callable[[], object]] = {
        "eager fp32 loop": lambda: [loop.run(entry) for entry in inputs],
        f"batches of {len(inputs)}, {ours.device.split(' · ')[-1]}": partial(ours.detect_batch, inputs),
        "one image at a time": lambda: [ours.detect_batch([entry]) for entry in inputs],
    }
    seconds = medians(ways, ROUNDS)
    rates = {name: len(inputs) / value for name, value in seconds.items()}
    base = rates["eager fp32 loop"]
    rows = [f"| {name} | {rate:.1f} | {rate / base:.2f} |" for name, rate in rates.items()]
    title = f"\n### Ensemble of {MEMBERS} SE-ResNeXt-101 at 512 px on {torch.cuda.get_device_name(0)}\n"
    return "\n".join([title, "| way | images a second | times the loop (target 5) |", "|---|---|---|", *rows])


def _squares(count: int, side: int) -> list[NDArray[np.uint8]]:
    generator = np.random.default_rng(0)
    return [generator.integers(0, 256, (side, side), dtype=np.uint8) for _ in range(count)]


def main() -> None:
    """Print the table, or say that there is no GPU."""
    if not torch.cuda.is_available():
        raise SystemExit("This benchmark needs a CUDA device, and torch finds none here; nothing was measured.")
    sys.stdout.write(measure() + "\n")


if __name__ == "__main__":
    main()
