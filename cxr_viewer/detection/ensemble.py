"""What the engines share: one image through all members, stoppable between them, merged into candidates."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core.candidates import (
    Candidates,
    DetectionStopped,
    DetectorError,
    NetworkInput,
    SelectionRules,
    Thresholds,
    ignore,
    never,
)
from cxr_viewer.detection import anchors, input_gate, preprocessing
from cxr_viewer.detection.bundle import ModelBundle
from cxr_viewer.detection.merging import MemberOutput, MembersAnswer, candidates_of, gathered


class Ensemble:
    """A bundle's members on one device; subclasses run a member."""

    def __init__(self, bundle: ModelBundle, device: str) -> None:
        self.bundle = bundle
        self._device = device
        self.notice = ""
        self._anchors = anchors.grid(bundle.network.anchors, bundle.network.input_side)
        self._gate = input_gate.read(bundle.folder / bundle.gate) if bundle.gate else None

    @property
    def name(self) -> str:
        """Name and version of the bundle."""
        return self.bundle.title

    @property
    def digest(self) -> str:
        """sha256 of the bundle."""
        return self.bundle.digest

    @property
    def learned_from(self) -> str:
        """What the bundle was trained on."""
        return self.bundle.learned_from

    @property
    def members(self) -> int:
        """Number of networks."""
        return len(self.bundle.members)

    @property
    def device(self) -> str:
        """Device, engine and precision really used."""
        return self._device

    @property
    def thresholds(self) -> Thresholds:
        """The bundle's default thresholds."""
        return self.bundle.thresholds

    @property
    def rules(self) -> SelectionRules:
        """The bundle's fixed selection rules."""
        return self.bundle.rules

    @property
    def input_side(self) -> int:
        """Side of the square input in pixels."""
        return self.bundle.network.input_side

    @property
    def batch_size(self) -> int:
        """Images that one call takes best."""
        return 1

    @property
    def calls_at_once(self) -> int:
        """Threads that may call at the same time with profit."""
        return 1

    @abstractmethod
    def run_batch(self, index: int, network_inputs: NDArray[np.float32]) -> list[MemberOutput]:
        """Return one member's output for each image of (B, 1, side, side) float32; several threads may call."""

    def run_member(self, index: int, network_input: NDArray[np.float32]) -> MemberOutput:
        """Return one member's output for an input of shape (1, 1, side, side)."""
        return self.run_batch(index, network_input)[0]

    def detect(
        self,
        image: NDArray[np.uint8],
        should_stop: Callable[[], bool] = never,
        on_member: Callable[[int], None] = ignore,
    ) -> Candidates:
        """Return the candidates of one image; see ``core.candidates.Detector``."""
        if image.ndim != 2 or image.dtype != np.uint8:
            raise DetectorError(
                f"The detector takes one grey image of 8 bit, not an array of shape {image.shape} and {image.dtype}."
            )
        return self._detected([preprocessing.prepared(image, self.input_side)], should_stop, on_member)[0]

    def detect_batch(self, inputs: Sequence[NetworkInput], should_stop: Callable[[], bool] = never) -> list[Candidates]:
        """Return the candidates of each image; see ``core.candidates.Detector``."""
        return self._detected(inputs, should_stop, ignore) if inputs else []

    def answers(
        self,
        network_inputs: NDArray[np.float32],
        should_stop: Callable[[], bool] = never,
        on_member: Callable[[int], None] = ignore,
    ) -> list[MembersAnswer]:
        """Return what all members say of each image of (B, 1, side, side) float32 in [0, 1]."""
        outputs = []
        for index in self._numbers(should_stop, on_member):
            outputs.append(self.run_batch(index, network_inputs))
        return [gathered(members) for members in zip(*outputs, strict=True)]

    def _numbers(self, should_stop: Callable[[], bool], on_member: Callable[[int], None]) -> Iterator[int]:
        """Yield the members' positions; ask before each whether to stop, and tell when each is done."""
        for index in range(self.members):
            if should_stop():
                raise DetectionStopped
            yield index
            on_member(index + 1)

    def _detected(
        self, inputs: Sequence[NetworkInput], should_stop: Callable[[], bool], on_member: Callable[[int], None]
    ) -> list[Candidates]:
        network_inputs = np.concatenate([preprocessing.network_input(entry.square) for entry in inputs])
        answers = self.answers(network_inputs, should_stop, on_member)
        return [
            self._candidates(answer, entry, network_input)
            for answer, entry, network_input in zip(answers, inputs, network_inputs, strict=True)
        ]

    def _candidates(self, answer: MembersAnswer, entry: NetworkInput, network_input: NDArray[np.float32]) -> Candidates:
        placement = preprocessing.letterbox_of(entry.rows, entry.columns, self.input_side)
        candidates = candidates_of(answer, self._anchors, placement)
        return candidates if self._gate is None else replace(candidates, gate=self._gate.judge(network_input[None]))
