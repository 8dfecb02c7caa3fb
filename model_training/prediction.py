"""Candidates of an ensemble over prepared images: the members of a bundle, or of finished runs."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from cxr_viewer.core.candidates import Candidates, SelectionRules, Thresholds
from cxr_viewer.detection import anchors, preprocessing
from cxr_viewer.detection.ensemble import Ensemble
from cxr_viewer.detection.loading import load_ensemble
from cxr_viewer.detection.member_network import MemberNetwork
from cxr_viewer.detection.merging import MemberOutput, merge
from cxr_viewer.detection.network_spec import NetworkSpec
from model_training.dataset import Dataset, DatasetError
from model_training.run_folder import FittedMember

MemberRunner = Callable[[NDArray[np.float32]], MemberOutput]
"""One member: network input (1, 1, side, side) float32 in [0, 1] in, raw output out."""

DEFAULT_RULES = SelectionRules(relative=0.5, scale=1.0)
UNTUNED_SCORE = 0.3
DEFAULT_OVERLAP = 0.05
"""Published NMS threshold of the 2018 recipe."""


class RunnableEnsemble:
    """Members that share an anchor grid, ready to run over prepared images, with the selection that they ship with."""

    def __init__(
        self,
        name: str,
        spec: NetworkSpec,
        members: Sequence[MemberRunner],
        thresholds: Thresholds,
        rules: SelectionRules = DEFAULT_RULES,
    ) -> None:
        self.name, self.spec, self.members = name, spec, tuple(members)
        self.thresholds, self.rules = thresholds, rules
        self._anchors = anchors.grid(spec.anchors, spec.input_side)

    def member(self, number: int) -> "RunnableEnsemble":
        """Return the ensemble of one member alone (from 1)."""
        name = f"{self.name}, member {number}"
        return RunnableEnsemble(name, self.spec, [self.members[number - 1]], self.thresholds, self.rules)

    def candidates(self, dataset: Dataset, index: int) -> Candidates:
        """Return the candidates of one prepared image, native pixels.

        Raises:
            DatasetError: the dataset is prepared at another size than the network takes.
        """
        return self.merged(self.outputs(dataset, index), dataset, index)

    def outputs(self, dataset: Dataset, index: int) -> list[MemberOutput]:
        """Return every member's raw output for one prepared image.

        Raises:
            DatasetError: the dataset is prepared at another size than the network takes.
        """
        if dataset.side != self.spec.input_side:
            raise DatasetError(
                f"The dataset {dataset.name} is prepared at {dataset.side} pixels, the network takes "
                f"{self.spec.input_side}; import it with --side {self.spec.input_side}."
            )
        network_input = preprocessing.network_input(dataset.image(index))
        return [run(network_input) for run in self.members]

    def merged(self, outputs: Sequence[MemberOutput], dataset: Dataset, index: int) -> Candidates:
        """Return the candidates that some members' outputs make together, native pixels."""
        return merge(outputs, self._anchors, dataset.examples[index].placement(dataset.side))


def of_bundle(folder: Path, backend: str = "auto", threads: int = 1) -> RunnableEnsemble:
    """Return a bundle's ensemble on the engine that the viewer would use.

    Raises:
        BundleError, DetectorError: the bundle is refused or cannot run.
    """
    detector = load_ensemble(folder, backend=backend, threads=threads)
    runners = [_runner_of_engine(detector, number) for number in range(detector.members)]
    return RunnableEnsemble(detector.name, detector.bundle.network, runners, detector.thresholds, detector.rules)


def of_runs(members: Sequence[FittedMember], name: str, device: str = "cpu") -> RunnableEnsemble:
    """Return the ensemble of finished runs, on torch in fp32 on a device ("cpu", "cuda", or "auto": what there is)."""
    place = torch.device(("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device)
    runners = [_runner_of_network(member, place) for member in members]
    return RunnableEnsemble(name, members[0].spec, runners, Thresholds(UNTUNED_SCORE, DEFAULT_OVERLAP))


def _runner_of_engine(detector: Ensemble, number: int) -> MemberRunner:
    return lambda network_input: detector.run_member(number, network_input)


def _runner_of_network(member: FittedMember, device: torch.device) -> MemberRunner:
    network = MemberNetwork(member.network()).eval().to(device)

    def run(network_input: NDArray[np.float32]) -> MemberOutput:
        with torch.inference_mode():
            outputs = [output[0].cpu().numpy() for output in network(torch.from_numpy(network_input).to(device))]
        scores, box_deltas, features = outputs[:3]
        return MemberOutput(scores, box_deltas, outputs[3] if len(outputs) > 3 else None, features)

    return run
