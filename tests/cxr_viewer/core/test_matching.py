"""Pairs of boxes, and which detections the reader has judged already."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from cxr_viewer.core import findings, geometry
from cxr_viewer.core.candidates import Detections, Thresholds
from cxr_viewer.core.findings import Finding, Origin
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.matching import SAME_PLACE_IOU, is_judged, pair, unjudged
from cxr_viewer.core.suppression import select
from tests import factories

DIGEST = factories.BUNDLE_DIGEST
OTHER_DIGEST = "c" * 64


@st.composite
def crowded_boxes(draw: st.DrawFn) -> geometry.Boxes:
    """Draw boxes of whole pixels that often overlap."""
    count = draw(st.integers(0, 8))
    corners = draw(arrays.arrays(np.int32, (count, 2), elements=st.integers(0, 20)))
    sides = draw(arrays.arrays(np.int32, (count, 2), elements=st.integers(1, 20)))
    boxes: geometry.Boxes = np.concatenate([corners, corners + sides], axis=1).astype(np.float32)
    return boxes


def pairs_one_at_a_time(iou: NDArray[np.float32], least_iou: float) -> list[tuple[int, int]]:
    """Pair by the definition: again and again the best pair of what is left."""
    left, found = iou.copy(), []
    while left.size and left.max() > least_iou:
        i, j = (int(index) for index in np.unravel_index(np.argmax(left), left.shape))
        found.append((i, j))
        left[i], left[:, j] = -1, -1
    return found


def detections(*boxes: tuple[float, float, float, float]) -> Detections:
    """Return detections at these boxes; their anchors count from 7."""
    scores = [(0.9 - 0.01 * index,) for index in range(len(boxes))]
    found = factories.candidates(boxes, scores, 500, 500)
    return select(found, Thresholds(0.1, 0.5), factories.RULES)


@given(crowded_boxes(), crowded_boxes(), st.sampled_from([0.0, 0.25, 0.4, 0.5]))
def test_pairs_follow_the_definition(first: geometry.Boxes, second: geometry.Boxes, least_iou: float) -> None:
    found = pair(first, second, least_iou)
    iou = geometry.pairwise_iou(first, second)
    assert found == pairs_one_at_a_time(iou, least_iou)
    assert len({i for i, _ in found}) == len({j for _, j in found}) == len(found)
    assert all(iou[i, j] > least_iou for i, j in found)


@given(crowded_boxes(), crowded_boxes())
def test_what_is_left_alone_has_no_partner_left(first: geometry.Boxes, second: geometry.Boxes) -> None:
    found = pair(first, second, 0.3)
    iou = geometry.pairwise_iou(first, second)
    lonely_first = sorted(set(range(len(first))) - {i for i, _ in found})
    lonely_second = sorted(set(range(len(second))) - {j for _, j in found})
    assert (iou[np.ix_(lonely_first, lonely_second)] <= 0.3).all()


def test_an_iou_equal_to_the_least_is_no_pair() -> None:
    boxes = np.array([[0, 0, 100, 100], [0, 0, 100, 50]], dtype=np.float32)
    assert pair(boxes[:1], boxes[1:], 0.5) == []
    assert pair(boxes[:1], boxes[1:], 0.49) == [(0, 0)]


def test_a_second_box_at_the_same_place_stays_alone() -> None:
    boxes = np.array([[0, 0, 100, 100]] * 2, dtype=np.float32)
    assert pair(boxes[:1], boxes, 0.5) == [(0, 0)]


def test_the_best_pair_comes_first_even_when_it_costs_another() -> None:
    first = np.array([[0, 0, 100, 100], [0, 0, 100, 90]], dtype=np.float32)
    second = np.array([[0, 0, 100, 90]], dtype=np.float32)
    assert pair(first, second, 0.5) == [(1, 0)]


@pytest.mark.parametrize(
    "judge",
    [
        findings.accept,
        findings.reject,
        lambda origin: findings.adjust(findings.accept(origin), Box(400, 400, 450, 450)),
    ],
    ids=["accepted", "rejected", "moved away"],
)
def test_a_judged_detection_does_not_wait_any_more(judge: Callable[[Origin], Finding]) -> None:
    shown = detections((10, 20, 40, 60), (60, 20, 90, 70))
    finding = judge(findings.origin_of(shown, 0, DIGEST))
    assert unjudged(shown, [finding], DIGEST).anchor_index.tolist() == [8]


def test_a_rejected_detection_stays_hidden_when_the_sliders_change_its_size() -> None:
    candidates = factories.candidates([(10, 20, 40, 60)], [(0.9, 0.8)])
    shown = select(candidates, Thresholds(0.3, 0.1), factories.RULES)
    rejected = findings.reject(findings.origin_of(shown, 0, DIGEST))
    for size in (None, 0.0, 1.6):
        again = select(candidates, Thresholds(0.1, 0.5, size), factories.RULES)
        assert len(unjudged(again, [rejected], DIGEST)) == 0


def test_a_neighbouring_anchor_at_the_same_place_is_judged_with_it() -> None:
    rejected = findings.reject(factories.origin(Box(10, 20, 40, 60), anchor_index=99))
    assert is_judged(detections((11, 21, 41, 61)), [rejected], DIGEST).tolist() == [True]


def test_an_anchor_number_of_another_bundle_means_nothing() -> None:
    rejected = findings.reject(factories.origin(Box(300, 300, 350, 350), anchor_index=7))
    shown = detections((10, 20, 40, 60))
    assert is_judged(shown, [rejected], DIGEST).tolist() == [True]
    assert is_judged(shown, [rejected], OTHER_DIGEST).tolist() == [False]


def test_another_bundle_is_judged_by_overlap() -> None:
    accepted = findings.accept(factories.origin(Box(10, 20, 40, 60), anchor_index=99))
    assert is_judged(detections((12, 20, 42, 60), (60, 20, 90, 70)), [accepted], OTHER_DIGEST).tolist() == [True, False]


def test_a_drawn_box_covers_the_detection_below_it_and_a_removed_one_gives_it_back() -> None:
    drawn = findings.add(Box(10, 20, 40, 60))
    shown = detections((10, 20, 40, 60))
    assert len(unjudged(shown, [drawn], DIGEST)) == 0
    assert len(unjudged(shown, [findings.delete(drawn)], DIGEST)) == 1


def test_half_an_overlap_is_another_place() -> None:
    drawn = findings.add(Box(0, 0, 100, 50))
    shown = detections((0, 0, 100, 100))
    iou = geometry.pairwise_iou(shown.boxes, drawn.box.as_array())[0, 0]
    assert iou == pytest.approx(SAME_PLACE_IOU)
    assert is_judged(detections((0, 0, 100, 101)), [drawn], DIGEST).tolist() == [False]
    assert is_judged(detections((0, 0, 100, 99)), [drawn], DIGEST).tolist() == [True]


def test_without_findings_everything_waits_and_without_detections_nothing() -> None:
    shown = detections((10, 20, 40, 60))
    assert len(unjudged(shown, [], DIGEST)) == 1
    nothing = shown.subset(np.array([], dtype=np.intp))
    assert len(unjudged(nothing, [findings.add(factories.BOX)], DIGEST)) == 0
