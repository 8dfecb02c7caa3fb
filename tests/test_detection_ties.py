"""The comparison of detections that the parity tests rest on: what is a tie, and what is a fault."""

from collections.abc import Sequence

import pytest

from cxr_viewer.core.candidates import SelectionRules, Thresholds
from tests.detection_ties import Differences, differences
from tests.factories import candidates

Found = tuple[tuple[float, float, float, float], float]
LEFT, RIGHT, NEAR_LEFT = (10.0, 20.0, 40.0, 60.0), (60.0, 20.0, 90.0, 70.0), (12.0, 20.0, 42.0, 60.0)


def _told(first: Sequence[Found], second: Sequence[Found], relative: float = 0.0) -> Differences:
    """Compare two runs over the same three anchors (7, 8, 9); what a run does not name scores nothing."""
    runs = []
    for run in (first, second):
        scores = dict(run)
        runs.append(candidates([LEFT, RIGHT, NEAR_LEFT], [[scores.get(box, 0.03)] for box in (LEFT, RIGHT, NEAR_LEFT)]))
    return differences(runs[0], runs[1], Thresholds(0.3, 0.1), SelectionRules(relative, 1.0))


def test_the_same_detections_are_no_difference() -> None:
    assert _told([(LEFT, 0.8), (RIGHT, 0.5)], [(LEFT, 0.79), (RIGHT, 0.51)]) == Differences((), ())


@pytest.mark.parametrize(
    ("first", "second", "relative", "reason"),
    [
        ([(LEFT, 0.8), (RIGHT, 0.305)], [(LEFT, 0.8), (RIGHT, 0.295)], 0.0, "at the threshold"),
        ([(LEFT, 0.8), (RIGHT, 0.405)], [(LEFT, 0.8), (RIGHT, 0.395)], 0.5, "weak boxes"),
        ([(LEFT, 0.60), (NEAR_LEFT, 0.59)], [(LEFT, 0.59), (NEAR_LEFT, 0.60)], 0.0, "a rival scores the same"),
    ],
)
def test_ties_are_told(first: Sequence[Found], second: Sequence[Found], relative: float, reason: str) -> None:
    told = _told(first, second, relative)
    assert not told.faults
    assert any(reason in tie for tie in told.ties)


def test_a_detection_that_is_lost_for_no_reason_is_a_fault() -> None:
    told = _told([(LEFT, 0.8), (RIGHT, 0.6)], [(LEFT, 0.8)])
    assert told == Differences((), ("the first alone has anchor 8 at score 0.600",))


def test_a_box_that_moved_to_a_clearly_better_rival_is_a_fault() -> None:
    told = _told([(LEFT, 0.6), (NEAR_LEFT, 0.5)], [(LEFT, 0.5), (NEAR_LEFT, 0.7)])
    assert len(told.faults) >= 1
