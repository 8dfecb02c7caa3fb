"""A detector on a GPU that goes on on the CPU when the GPU runs out of memory or is lost; no image is lost."""

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core.candidates import (
    Candidates,
    Detector,
    DetectorError,
    NetworkInput,
    SelectionRules,
    Thresholds,
    ignore,
    never,
)

Answer = TypeVar("Answer")


class DeviceLostError(DetectorError):
    """The device ran out of memory or does not answer any more; the same image can be run on another one."""


class FallbackDetector:
    """Runs on a first device until that is lost, then on a spare one; the image in progress is run again there."""

    def __init__(self, first: Detector, make_spare: Callable[[], Detector], notice: str = "") -> None:
        """Hold what runs now.

        Args:
            first: raises DeviceLostError when its device is lost.
            make_spare: loads the same bundle on the CPU; called once, when it is needed.
            notice: what is said already of the device.
        """
        self._now = first
        self._make_spare = make_spare
        self._notice = notice
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Name and version of the bundle."""
        return self._now.name

    @property
    def digest(self) -> str:
        """sha256 of the bundle."""
        return self._now.digest

    @property
    def learned_from(self) -> str:
        """What the bundle was trained on."""
        return self._now.learned_from

    @property
    def members(self) -> int:
        """Number of networks."""
        return self._now.members

    @property
    def device(self) -> str:
        """Device, engine and precision that run now."""
        return self._now.device

    @property
    def notice(self) -> str:
        """Why the CPU took over, "" as long as it did not."""
        return self._notice

    @property
    def input_side(self) -> int:
        """Side of the square input in pixels."""
        return self._now.input_side

    @property
    def batch_size(self) -> int:
        """Images that one call takes best now."""
        return self._now.batch_size

    @property
    def calls_at_once(self) -> int:
        """Threads that may call at the same time with profit now."""
        return self._now.calls_at_once

    @property
    def thresholds(self) -> Thresholds:
        """The bundle's default thresholds."""
        return self._now.thresholds

    @property
    def rules(self) -> SelectionRules:
        """The bundle's fixed selection rules."""
        return self._now.rules

    def detect(
        self,
        image: NDArray[np.uint8],
        should_stop: Callable[[], bool] = never,
        on_member: Callable[[int], None] = ignore,
    ) -> Candidates:
        """Return the candidates of one image; see ``core.candidates.Detector``."""
        return self._run(lambda detector: detector.detect(image, should_stop, on_member))

    def detect_batch(self, inputs: Sequence[NetworkInput], should_stop: Callable[[], bool] = never) -> list[Candidates]:
        """Return the candidates of each image; see ``core.candidates.Detector``."""
        return self._run(lambda detector: detector.detect_batch(inputs, should_stop))

    def _run(self, call: Callable[[Detector], Answer]) -> Answer:
        detector = self._now
        try:
            return call(detector)
        except DeviceLostError as error:
            reason = str(error)
        return call(self._instead_of(detector, reason))  # outside, where the error no longer holds the GPU's tensors

    def _instead_of(self, lost: Detector, reason: str) -> Detector:
        with self._lock:
            if self._now is lost:  # else another thread was here first
                self._now = self._make_spare()
                self._notice = taken_over(reason)
            return self._now


def taken_over(reason: str) -> str:
    """Return the sentence that says why the CPU is used."""
    return f"{reason} The CPU goes on; no image is lost. Start the program again to try the GPU again."
