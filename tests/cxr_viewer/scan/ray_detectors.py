"""Detectors for workers of a test's cluster: what they do is asked for by files, because workers share no memory."""

import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cxr_viewer.core.candidates import Candidates, NetworkInput, never
from tests.factories import FakeDetector

POISON = (300, 280)
"""Rows and columns of an image over which `PoisonedDetector` dies."""


@dataclass
class PoisonedDetector(FakeDetector):
    """Dies with its whole process over images of one size."""

    def detect_batch(self, inputs: Sequence[NetworkInput], should_stop: Callable[[], bool] = never) -> list[Candidates]:
        """Return what `FakeDetector` does, if the process lives."""
        if any((entry.rows, entry.columns) == POISON for entry in inputs):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().detect_batch(inputs, should_stop)
