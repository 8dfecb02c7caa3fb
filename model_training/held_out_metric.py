"""The challenge's metric on the held-out examples while a fit runs: at every score threshold, for the present weights.

Candidates, selection, matching and thresholds are those of every other evaluation; one member alone, default overlap.
"""

import numpy as np
from torch import distributed

from cxr_viewer.core.candidates import Candidates, Thresholds
from cxr_viewer.detection import anchors
from cxr_viewer.detection.merging import MemberOutput, merge
from cxr_viewer.detection.retinanet import RawOutput
from model_training.curves import Floats
from model_training.dataset_detections import select_all
from model_training.prediction import DEFAULT_OVERLAP, DEFAULT_RULES
from model_training.run_data import RunData
from model_training.score_thresholds import SCORE_GRID, score_table, weighted_mean

_THRESHOLDS = Thresholds(SCORE_GRID[0], DEFAULT_OVERLAP)


class HeldOutMetric:
    """Takes the outputs of one pass over the held-out examples, then tells the metric."""

    def __init__(self, data: RunData, anchor_spec: anchors.AnchorSpec) -> None:
        self._examples = [data.dataset.examples[index] for index in data.held_out]
        self._side = data.dataset.side
        self._anchors = anchors.grid(anchor_spec, self._side)
        self._candidates: dict[int, Candidates] = {}

    def add(self, output: RawOutput, positions: tuple[int, ...]) -> None:
        """Take the outputs of the held-out examples at ``positions``; one seen again counts once."""
        scores = output.class_logits.float().sigmoid().cpu().numpy()
        deltas = output.box_deltas.float().cpu().numpy()
        nothing = np.zeros(0, dtype=np.float32)
        for row, position in enumerate(positions):
            member = MemberOutput(scores[row], deltas[row], None, nothing)
            placement = self._examples[position].placement(self._side)
            self._candidates[position] = merge([member], self._anchors, placement)

    def mean_precision(self) -> Floats:
        """Return the metric at every threshold of ``SCORE_GRID``, over what all processes took, and begin anew."""
        positions = sorted(self._candidates)
        found = select_all(
            [self._candidates[position] for position in positions],
            [self._examples[position] for position in positions],
            _THRESHOLDS,
            DEFAULT_RULES,
        )
        self._candidates = {}
        rows = dict(zip(positions, score_table(found), strict=True))
        return weighted_mean(np.array([row for _, row in sorted(_of_all_processes(rows).items())]))


def _of_all_processes(rows: dict[int, Floats]) -> dict[int, Floats]:
    """Return the rows of all processes, by position."""
    if not (distributed.is_available() and distributed.is_initialized()):
        return rows
    gathered: list[dict[int, Floats]] = [{} for _ in range(distributed.get_world_size())]
    distributed.all_gather_object(gathered, rows)
    return {position: row for own in gathered for position, row in own.items()}


def best(mean_precision: Floats) -> tuple[float, float]:
    """Return the best of ``mean_precision`` and its score threshold: optimistic, for comparing rounds."""
    place = int(np.argmax(mean_precision))
    return float(mean_precision[place]), SCORE_GRID[place]
