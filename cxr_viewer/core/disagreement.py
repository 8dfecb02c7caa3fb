"""How far the members of an ensemble disagree about one image: what makes it worth a reader's time next.

Query by committee (Seung, Opper and Sompolinsky, COLT 1992): the example that divides a committee teaches most. For
ensembles of networks Beluch et al. (CVPR 2018) found the share of dissenting votes the best of the measures they
compared. A detector votes about places, not images, and its scores say how strongly, so here a place counts when the
votes at it are divided, and counts as much as the scores there lie apart: 0.9 against 0.1 outranks 0.32 against 0.28.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core import geometry, suppression
from cxr_viewer.core.candidates import Candidates, Thresholds

SAME_PLACE = 0.4
"""IoU from which boxes are about the same place: the loosest at which the RSNA 2018 metric calls a box found.

Members share one anchor grid, but two of them may answer for the same opacity at neighbouring anchors; comparing
scores anchor by anchor would call that a disagreement.
"""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where the members of an ensemble differ most about one image.

    Attributes:
        value: in [0, 1], mean absolute difference of two members' scores at the most disputed place; 0 when all
            members vote alike everywhere.
        dissenting: members in the minority there; 0 when all vote alike.
        members: how many there are.
    """

    value: float
    dissenting: int
    members: int

    @property
    def words(self) -> str:
        """The disagreement for a row of the worklist, "" when all members vote alike."""
        verb = "disagrees" if self.dissenting == 1 else "disagree"
        return f"{self.dissenting} of {self.members} {verb}" if self.dissenting else ""


def of(candidates: Candidates, thresholds: Thresholds) -> Disagreement | None:
    """Return how far the members disagree; None for fewer than two members.

    A member votes for a place when its best score there reaches the score threshold.

    Args:
        thresholds: the bundle's own, so that the answer belongs to image and bundle and stays when a slider moves.
    """
    members = candidates.members
    if members < 2:
        return None
    scores = scores_at_places(candidates, thresholds)
    votes = (scores >= thresholds.score).sum(axis=1)
    is_divided = (votes > 0) & (votes < members)
    if not is_divided.any():
        return Disagreement(0.0, 0, members)
    spread = np.where(is_divided, mean_difference(scores), -1.0)
    worst = int(np.argmax(spread))
    return Disagreement(float(spread[worst]), int(min(votes[worst], members - votes[worst])), members)


def scores_at_places(candidates: Candidates, thresholds: Thresholds) -> NDArray[np.float32]:
    """Return every member's best score at each place, (places, members).

    Places are the candidates for which at least one member votes, after the suppression that decides which boxes are
    shown side by side. To a place belong all candidates that overlap its box by ``SAME_PLACE`` or more.
    """
    is_voted_for = (candidates.member_scores >= thresholds.score).any(axis=1)
    boxes = candidates.mean_boxes
    voted = np.flatnonzero(is_voted_for)
    kept = voted[suppression.non_maximum_suppression(boxes[voted], candidates.scores[voted], thresholds.overlap)]
    belongs = geometry.pairwise_iou(boxes[kept], boxes) >= SAME_PLACE
    belongs[np.arange(len(kept)), kept] = True  # a box without area overlaps not even itself
    best = np.zeros((len(kept), candidates.members), dtype=np.float32)
    for place, members_of_place in enumerate(belongs):
        best[place] = candidates.member_scores[members_of_place].max(axis=0)
    return best


def mean_difference(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the mean absolute difference over all pairs of members (Gini's), for each row of (N, members)."""
    members = scores.shape[1]
    ordered = np.sort(scores.astype(np.float64), axis=1)
    # In order, the k-th smallest of m is subtracted in m - 1 - k pairs and added in k.
    weights = 2.0 * np.arange(members) - (members - 1)
    return np.asarray(ordered @ weights / (members * (members - 1) / 2), dtype=np.float64)
