"""Compares what two engines answer for the same network: the largest difference over all anchors and members."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.detection import anchors as coding
from cxr_viewer.detection.merging import MemberOutput
from cxr_viewer.detection.network_spec import NetworkSpec


@dataclass(frozen=True)
class Difference:
    """Largest difference in score, and in a box's corner in network pixels."""

    score: float
    box: float


def difference(network: NetworkSpec, ours: Sequence[MemberOutput], theirs: Sequence[MemberOutput]) -> Difference:
    """Return the largest differences between two engines' answers, member by member."""
    grid = coding.grid(network.anchors, network.input_side)

    def corners(output: MemberOutput) -> NDArray[np.float32]:
        centres = coding.decode_centres(grid, output.box_deltas[:, :2])
        sides = np.exp(coding.decode_log_sizes(grid, output.box_deltas[:, 2:]))
        return np.concatenate([centres - sides / 2, centres + sides / 2], axis=1)

    pairs = list(zip(ours, theirs, strict=True))
    return Difference(
        max(float(np.abs(a.scores - b.scores).max()) for a, b in pairs),
        max(float(np.abs(corners(a) - corners(b)).max()) for a, b in pairs),
    )
