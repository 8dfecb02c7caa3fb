"""Members' raw outputs, combined per anchor before decoding and NMS, become candidates.

The rule is the published ensemble of the 2018 recipe: mean score, mean centre offsets, and the spread of the size
offsets over members; the 20th and 80th percentile are numpy's linear ones. With one member the spread is zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core.candidates import MAXIMUM_CANDIDATES, SCORE_FLOOR, Candidates
from cxr_viewer.detection import anchors as coding
from cxr_viewer.detection.preprocessing import Letterbox

LOW_PERCENTILE, HIGH_PERCENTILE = 20, 80


@dataclass(frozen=True, slots=True, eq=False)
class MemberOutput:
    """One member's answer for one image, whichever engine gave it.

    Attributes:
        scores: (A,) float32, sigmoid of the class logits.
        box_deltas: (A, 4) float32, raw.
        class_probabilities: (3,) float32 softmax of the global head, or None without one.
        features: (F,) float32, pooled deepest features.
    """

    scores: NDArray[np.float32]
    box_deltas: NDArray[np.float32]
    class_probabilities: NDArray[np.float32] | None
    features: NDArray[np.float32]


def merge(members: Sequence[MemberOutput], anchors: coding.Array, placement: Letterbox) -> Candidates:
    """Return the candidates of one image in native pixels.

    Args:
        members: at least one output, all on the same anchors.
        anchors: (A, 4) float32 as ``anchors.grid`` gives them.
        placement: where the image lay in the network input.
    """
    scores = np.stack([member.scores for member in members], axis=1)
    mean = scores.mean(axis=1)
    index = np.flatnonzero(mean >= SCORE_FLOOR)
    index = index[np.argsort(-mean[index], kind="stable")][:MAXIMUM_CANDIDATES]

    deltas = np.stack([member.box_deltas[index] for member in members])
    sizes = deltas[..., 2:]
    low, high = np.percentile(sizes, [LOW_PERCENTILE, HIGH_PERCENTILE], axis=0).astype(np.float32)
    chosen = anchors[index]

    def native_log_size(size_deltas: coding.Array) -> NDArray[np.float32]:
        return placement.log_sizes_to_native(coding.decode_log_sizes(chosen, size_deltas))

    return Candidates(
        anchor_index=index.astype(np.int32),
        centre=placement.centres_to_native(coding.decode_centres(chosen, deltas[..., :2].mean(axis=0))),
        log_size_mean=native_log_size(sizes.mean(axis=0)),
        log_size_low=native_log_size(low),
        log_size_high=native_log_size(high),
        member_scores=scores[index],
        rows=placement.rows,
        columns=placement.columns,
        opacity_probability=_opacity_probability(members),
    )


def _opacity_probability(members: Sequence[MemberOutput]) -> float | None:
    """Return the mean softmax of "Lung Opacity" (class 2 of the global head) over members."""
    values = [float(member.class_probabilities[2]) for member in members if member.class_probabilities is not None]
    return sum(values) / len(values) if values else None
