"""From candidates to detections: agrees with torchvision and with the worked example of the 2018 recipe."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from torchvision.ops import box_iou, nms

from cxr_viewer.core import geometry
from cxr_viewer.core.candidates import Candidates, SelectionRules, Thresholds
from cxr_viewer.core.suppression import consensus_log_size, non_maximum_suppression, select
from tests import factories
from tests.cxr_viewer.crowds import many_candidates

NO_RULES = SelectionRules(relative=0.0, scale=1.0)

SIZE_DELTAS = (0.30, 0.10, 0.05, -0.10, 0.20, 0.0, -0.05, 0.15, 0.25, -0.20, 0.12, 0.02)
"""Raw width deltas of twelve members, the worked example of the recipe; one unit is 0.2 in the logarithm."""

ANCHOR = 100.0


@st.composite
def boxes_and_scores(draw: st.DrawFn) -> tuple[geometry.Boxes, NDArray[np.float32]]:
    """Draw crowded boxes of whole pixels and scores with ties."""
    count = draw(st.integers(0, 25))
    corners = draw(arrays.arrays(np.int32, (count, 2), elements=st.integers(0, 60)))
    sides = draw(arrays.arrays(np.int32, (count, 2), elements=st.integers(1, 40)))
    scores = draw(arrays.arrays(np.int32, count, elements=st.integers(0, 20)))
    boxes = np.concatenate([corners, corners + sides], axis=1).astype(np.float32)
    return boxes, (scores / 20).astype(np.float32)


def candidates_of(boxes: geometry.Boxes, member_scores: NDArray[np.float32], side: int = 120) -> Candidates:
    if not len(boxes):
        return factories.candidates().subset(np.array([], dtype=np.intp))
    return factories.candidates(boxes.tolist(), member_scores.tolist(), side, side)


def worked_example() -> Candidates:
    """Return one candidate on an anchor of 100 pixels; its height deltas are the width deltas halved."""
    deltas = np.array([SIZE_DELTAS, np.array(SIZE_DELTAS) / 2])
    low, high = np.percentile(deltas, 20, axis=1), np.percentile(deltas, 80, axis=1)
    log_mean, log_low, log_high = (
        (np.log(ANCHOR) + 0.2 * delta[None]).astype(np.float32) for delta in (deltas.mean(axis=1), low, high)
    )
    centre = np.full((1, 2), 256, dtype=np.float32)
    scores = np.full((1, 12), 0.5, dtype=np.float32)
    return Candidates(np.zeros(1, np.int32), centre, log_mean, log_low, log_high, scores, 512, 512)


@given(boxes_and_scores(), st.floats(0, 0.9))
def test_suppression_agrees_with_torchvision(found: tuple[geometry.Boxes, NDArray[np.float32]], overlap: float) -> None:
    boxes, scores = found
    tensor = torch.from_numpy(boxes)
    iou = box_iou(tensor, tensor).numpy()
    assume(not np.isclose(iou, overlap, atol=1e-6).any() or overlap == 0)
    expected = nms(tensor, torch.from_numpy(scores), overlap)
    assert non_maximum_suppression(boxes, scores, overlap).tolist() == expected.tolist()


@pytest.mark.parametrize("overlap", [0.0, 0.05, 0.25, 0.5])
@pytest.mark.parametrize("size", [None, 0.0, 0.8, 1.6])
def test_a_thousand_candidates_are_selected_as_by_plain_pairwise_overlaps(overlap: float, size: float | None) -> None:
    """The reference decides box by box, by the formula as it is written in the books, without blocks."""
    crowd = many_candidates(1000, 1200)
    found = crowd.subset(np.argsort(-crowd.scores, kind="stable"))
    boxes = found.boxes_of(consensus_log_size(found, size))
    kept: list[int] = []
    for index, box in enumerate(boxes):
        sides = np.minimum(box[2:], boxes[kept, 2:]) - np.maximum(box[:2], boxes[kept, :2])
        shared = np.prod(np.maximum(sides, 0), axis=1)
        both = np.prod(box[2:] - box[:2]) + np.prod(boxes[kept, 2:] - boxes[kept, :2], axis=1) - shared
        if not (shared / both > overlap).any() and (box[2:] - box[:2] >= 1).all():
            kept.append(index)
    detections = select(found, Thresholds(0.025, overlap, size), NO_RULES)
    assert detections.anchor_index.tolist() == found.anchor_index[kept].tolist()
    np.testing.assert_array_equal(detections.boxes, boxes[kept])


def test_suppression_drops_what_overlaps_more_than_the_threshold_not_what_equals_it() -> None:
    boxes = np.array([[0, 0, 100, 100], [0, 0, 100, 50]], dtype=np.float32)  # IoU exactly 1/2
    scores = np.array([0.9, 0.8], dtype=np.float32)
    assert non_maximum_suppression(boxes, scores, 0.5).tolist() == [0, 1]
    assert non_maximum_suppression(boxes, scores, 0.499).tolist() == [0]


def test_suppression_uses_plain_areas() -> None:
    boxes = np.array([[0, 0, 100, 100], [91, 0, 191, 100]], dtype=np.float32)  # .0471, or .0521 with +1 pixel
    scores = np.array([0.9, 0.8], dtype=np.float32)
    assert non_maximum_suppression(boxes, scores, 0.05).tolist() == [0, 1]


@given(boxes_and_scores(), st.floats(0, 0.5))
def test_what_is_kept_does_not_overlap_and_what_is_dropped_does(
    found: tuple[geometry.Boxes, NDArray[np.float32]], overlap: float
) -> None:
    boxes, scores = found
    kept = non_maximum_suppression(boxes, scores, overlap)
    iou = geometry.pairwise_iou(boxes, boxes)
    assert (iou[np.ix_(kept, kept)] <= overlap)[~np.eye(len(kept), dtype=bool)].all()
    for dropped in set(range(len(boxes))) - set(kept.tolist()):
        assert any(iou[dropped, index] > overlap and scores[index] >= scores[dropped] for index in kept)
    assert (np.diff(scores[kept]) <= 0).all()


@pytest.mark.parametrize(
    ("size", "delta", "of_anchor", "of_mean"),
    [(None, 0.070, 1.014, 1.0), (0.0, -0.040, 0.992, 0.978), (0.9, -0.247, 0.952, 0.939), (1.6, -0.408, 0.922, 0.909)],
)
def test_consensus_size_of_the_worked_example(
    size: float | None, delta: float, of_anchor: float, of_mean: float
) -> None:
    candidates = worked_example()
    log_width = consensus_log_size(candidates, size)[0, 0]
    assert (log_width - np.log(ANCHOR)) / 0.2 == pytest.approx(delta, abs=1e-5)
    assert np.exp(log_width) / ANCHOR == pytest.approx(of_anchor, abs=5e-4)
    assert np.exp(log_width - candidates.log_size_mean[0, 0]) == pytest.approx(of_mean, abs=5e-4)


def test_width_and_height_shrink_each_by_its_own_spread() -> None:
    low_to_high = 0.2 * (0.19 + 0.04)
    shrunk = consensus_log_size(worked_example(), 1.6) - worked_example().log_size_low
    np.testing.assert_allclose(shrunk, [[-1.6 * low_to_high, -0.8 * low_to_high]], atol=1e-6)


def test_the_centre_stays_where_it_is_whatever_the_size() -> None:
    for size in (None, 0.0, 1.6):
        detections = select(worked_example(), Thresholds(0.1, 0.1, size), NO_RULES)
        np.testing.assert_allclose(detections.boxes[:, :2] + detections.boxes[:, 2:], [[512, 512]], atol=1e-3)


def test_shrinking_ends_at_half_the_low_size() -> None:
    found = worked_example()
    wild = Candidates(
        found.anchor_index,
        found.centre,
        found.log_size_mean,
        found.log_size_low,
        found.log_size_low + np.float32(3),
        found.member_scores,
        512,
        512,
    )
    shrunk = np.exp(consensus_log_size(wild, 1.6) - wild.log_size_low)
    np.testing.assert_allclose(shrunk, 0.5, rtol=1e-6)


def test_one_member_never_shrinks() -> None:
    boxes = np.array([[10, 20, 40, 60]], dtype=np.float32)
    single = candidates_of(boxes, np.array([[0.9]], dtype=np.float32))
    alone = Candidates(
        single.anchor_index,
        single.centre,
        single.log_size_mean,
        single.log_size_mean,
        single.log_size_mean,
        single.member_scores,
        120,
        120,
    )
    for size in (None, 0.0, 1.6):
        np.testing.assert_allclose(select(alone, Thresholds(0.1, 0.1, size), NO_RULES).boxes, boxes, atol=1e-4)


@given(
    boxes_and_scores(),
    st.sampled_from([0.05, 0.25, 0.5]),
    st.sampled_from([0.0131459, 0.3100917]),
    st.sampled_from([0, 0.5]),
)
def test_selection_agrees_with_the_published_steps_on_torchvision(
    found: tuple[geometry.Boxes, NDArray[np.float32]], score: float, overlap: float, relative: float
) -> None:
    boxes, scores = found
    order = np.argsort(-scores, kind="stable")
    candidates = candidates_of(boxes[order], scores[order, None])
    detections = select(candidates, Thresholds(score, overlap), SelectionRules(relative, 1.0))

    mean_boxes, means = torch.from_numpy(candidates.mean_boxes), torch.from_numpy(candidates.scores)
    index = torch.nonzero(means >= score)[:, 0]
    kept = index[nms(mean_boxes[index], means[index], overlap)]
    if len(kept):
        kept = kept[means[kept] >= relative * means[kept][0]]
    np.testing.assert_array_equal(detections.boxes, mean_boxes[kept].numpy())
    np.testing.assert_array_equal(detections.scores, means[kept].numpy())
    np.testing.assert_array_equal(detections.anchor_index, candidates.anchor_index[kept.numpy()])


def test_members_agree_when_their_own_score_reaches_the_threshold() -> None:
    found = factories.candidates([(10, 20, 40, 60)], [(0.9, 0.5, 0.3, 0.1)])
    assert select(found, Thresholds(0.3, 0.1), NO_RULES).members_agreeing.tolist() == [3]
    assert select(found, Thresholds(0.45, 0.1), NO_RULES).members_agreeing.tolist() == [2]
    assert select(found, Thresholds(0.3, 0.1), NO_RULES).members == 4


def test_weak_detections_beside_a_strong_one_are_dropped_relative_to_it() -> None:
    found = factories.candidates([(0, 0, 20, 20), (40, 0, 60, 20), (80, 0, 99, 20)], [(0.9,), (0.45,), (0.44,)])
    assert len(select(found, Thresholds(0.1, 0.1), NO_RULES)) == 3
    kept = select(found, Thresholds(0.1, 0.1), SelectionRules(0.5, 1.0))
    np.testing.assert_allclose(kept.scores, [0.9, 0.45])


def test_the_fixed_scale_comes_last_and_leaves_mean_boxes_alone() -> None:
    found = factories.candidates([(20, 20, 60, 100)], [(0.9,)], 512, 512)
    scaled = select(found, Thresholds(0.1, 0.1), SelectionRules(0.5, 0.875))
    np.testing.assert_allclose(scaled.boxes, [[22.5, 25, 57.5, 95]], atol=1e-4)
    np.testing.assert_allclose(scaled.mean_boxes, [[20, 20, 60, 100]], atol=1e-4)


def test_boxes_end_at_the_image_and_slivers_outside_it_are_no_detections() -> None:
    found = factories.candidates([(-30, -30, 30, 30), (99.5, 40, 140, 90)], [(0.9,), (0.8,)])
    detections = select(found, Thresholds(0.1, 0.1), NO_RULES)
    np.testing.assert_allclose(detections.boxes, [[0, 0, 30, 30]], atol=1e-4)


def test_the_halo_lies_around_the_mean_box() -> None:
    detections = select(factories.candidates(), Thresholds(0.1, 0.1), NO_RULES)
    low, mean, high = (
        geometry.area(boxes) for boxes in (detections.low_boxes, detections.mean_boxes, detections.high_boxes)
    )
    assert (low < mean).all()
    assert (mean < high).all()


def test_nothing_selected_from_nothing() -> None:
    nothing = candidates_of(np.zeros((0, 4), np.float32), np.zeros((0, 3), np.float32))
    detections = select(nothing, Thresholds(0.1, 0.1), NO_RULES)
    assert len(detections) == 0
    assert detections.boxes.shape == (0, 4)


@given(boxes_and_scores(), st.floats(0.025, 1), st.floats(0.025, 1))
def test_a_higher_score_threshold_never_shows_more(
    found: tuple[geometry.Boxes, NDArray[np.float32]], first: float, second: float
) -> None:
    boxes, scores = found
    low, high = sorted((first, second))
    candidates = candidates_of(boxes, scores[:, None])
    more = select(candidates, Thresholds(low, 0.2), NO_RULES)
    fewer = select(candidates, Thresholds(high, 0.2), NO_RULES)
    assert set(fewer.anchor_index.tolist()) <= set(more.anchor_index.tolist())
