"""What the engines share: one image through all members, stoppable between them, merged into candidates."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core.candidates import (
    Candidates,
    DetectionStopped,
    DetectorError,
    SelectionRules,
    Thresholds,
    ignore,
    never,
)
from cxr_viewer.detection import anchors, input_gate, preprocessing
from cxr_viewer.detection.bundle import ModelBundle
from cxr_viewer.detection.merging import MemberOutput, merge


class Ensemble:
    """A bundle's members on one device; subclasses run a member."""

    def __init__(self, bundle: ModelBundle, device: str) -> None:
        self.bundle = bundle
        self._device = device
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

    @abstractmethod
    def run_member(self, index: int, network_input: NDArray[np.float32]) -> MemberOutput:
        """Return one member's output for an input of shape (1, 1, side, side)."""

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
        square, placement = preprocessing.letterbox(image, self.bundle.network.input_side)
        network_input = preprocessing.network_input(square)
        outputs = []
        for index in range(self.members):
            if should_stop():
                raise DetectionStopped
            outputs.append(self.run_member(index, network_input))
            on_member(index + 1)
        candidates = merge(outputs, self._anchors, placement)
        return candidates if self._gate is None else replace(candidates, gate=self._gate.judge(network_input))
