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


@dataclass(frozen=True, slots=True, eq=False)
class MembersAnswer:
    """What all members say at the anchors that may become candidates of one image.

    Attributes:
        anchor_index: (N,) positions in the grid, in any order; all whose mean score is among the best are there.
        scores: (N, M) float32.
        box_deltas: (M, N, 4) float32, raw.
        opacity_probability: mean softmax of "Lung Opacity", None without a global head.
    """

    anchor_index: NDArray[np.integer]
    scores: NDArray[np.float32]
    box_deltas: NDArray[np.float32]
    opacity_probability: float | None


def merge(members: Sequence[MemberOutput], anchors: coding.Array, placement: Letterbox) -> Candidates:
    """Return the candidates of one image in native pixels.

    Args:
        members: at least one output, all on the same anchors.
        anchors: (A, 4) float32 as ``anchors.grid`` gives them.
        placement: where the image lay in the network input.
    """
    return candidates_of(gathered(members), anchors, placement)


def gathered(members: Sequence[MemberOutput]) -> MembersAnswer:
    """Return what the members say where their mean score reaches the floor."""
    scores = np.stack([member.scores for member in members], axis=1)
    index = np.flatnonzero(scores.mean(axis=1) >= SCORE_FLOOR)
    deltas = np.stack([member.box_deltas[index] for member in members])
    return MembersAnswer(index, scores[index], deltas, _opacity_probability(members))


def candidates_of(answer: MembersAnswer, anchors: coding.Array, placement: Letterbox) -> Candidates:
    """Return the candidates, best first: those above the floor, as many as are kept; equal scores in anchor order."""
    mean = answer.scores.mean(axis=1)
    kept = np.flatnonzero(mean >= SCORE_FLOOR)
    kept = kept[np.lexsort((answer.anchor_index[kept], -mean[kept]))][:MAXIMUM_CANDIDATES]
    index, deltas = answer.anchor_index[kept], answer.box_deltas[:, kept]
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
        member_scores=answer.scores[kept],
        rows=placement.rows,
        columns=placement.columns,
        opacity_probability=answer.opacity_probability,
    )


def _opacity_probability(members: Sequence[MemberOutput]) -> float | None:
    """Return the mean softmax of "Lung Opacity" (class 2 of the global head) over members."""
    values = [float(member.class_probabilities[2]) for member in members if member.class_probabilities is not None]
    return sum(values) / len(values) if values else None
