"""Compares the detections of two arithmetics: what differs must be a tie, where the last digits of a score decide."""

from dataclasses import dataclass

import numpy as np

from cxr_viewer.core import geometry
from cxr_viewer.core.candidates import Candidates, Detections, SelectionRules, Thresholds
from cxr_viewer.core.suppression import select

NEAR_SCORE = 0.02
"""Two scores nearer than what bf16 may change are a tie."""

NEAR_OVERLAP = 0.05
"""Two boxes of half precision overlap a little more or less than those of full precision."""


@dataclass(frozen=True)
class Differences:
    """Detections that one run has and the other one has not, in words."""

    ties: tuple[str, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True)
class _Missing:
    """A detection of one run that the other one lacks, and what the other one has."""

    run: str
    anchor: int
    score: float
    box: geometry.Boxes
    best: float
    others: Detections

    def __str__(self) -> str:
        return f"{self.run} alone has anchor {self.anchor} at score {self.score:.3f}"


def differences(ours: Candidates, theirs: Candidates, thresholds: Thresholds, rules: SelectionRules) -> Differences:
    """Return how the detections of two runs differ at some thresholds, ties and faults apart."""
    mine, other = select(ours, thresholds, rules), select(theirs, thresholds, rules)
    missing = [*_missing("the first", mine, other), *_missing("the second", other, mine)]
    direct = [_reason(entry, thresholds, rules) for entry in missing]
    tied = [entry.anchor for entry, reason in zip(missing, direct, strict=True) if reason]
    reasons = [
        reason or _gave_way(entry, tied, thresholds.overlap) for entry, reason in zip(missing, direct, strict=True)
    ]
    return Differences(
        tuple(f"{entry}: {reason}" for entry, reason in zip(missing, reasons, strict=True) if reason),
        tuple(str(entry) for entry, reason in zip(missing, reasons, strict=True) if not reason),
    )


def _missing(run: str, has: Detections, lacks: Detections) -> list[_Missing]:
    best = float(has.scores.max(initial=0))
    return [
        _Missing(run, int(has.anchor_index[row]), float(has.scores[row]), has.boxes[row : row + 1], best, lacks)
        for row in np.flatnonzero(~np.isin(has.anchor_index, lacks.anchor_index))
    ]


def _reason(entry: _Missing, thresholds: Thresholds, rules: SelectionRules) -> str:
    """Return why a detection may be missing in the other run, "" when no tie explains it."""
    if abs(entry.score - thresholds.score) <= NEAR_SCORE:
        return "at the threshold"
    if abs(entry.score - rules.relative * entry.best) <= NEAR_SCORE:
        return "at the rule against weak boxes"
    if not len(entry.others):
        return ""
    overlap = geometry.pairwise_iou(entry.box, entry.others.boxes)[0]
    is_rival = np.abs(entry.others.scores - entry.score) <= NEAR_SCORE
    if (is_rival & (overlap > thresholds.overlap - NEAR_OVERLAP)).any():
        return "a rival scores the same"
    if (np.abs(overlap - thresholds.overlap) <= NEAR_OVERLAP).any():
        return "it overlaps a better one as much as it may"
    return ""


def _gave_way(entry: _Missing, tied: list[int], overlap: float) -> str:
    """Return that one which won a tie elsewhere stands in its place, "" when there is none."""
    if not len(entry.others):
        return ""
    covers = geometry.pairwise_iou(entry.box, entry.others.boxes)[0] > overlap
    won = np.isin(entry.others.anchor_index, tied)
    return "it gave way to one that won a tie elsewhere" if (covers & won).any() else ""
