"""Candidates, thresholds and detections as values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_viewer.core.candidates import MAXIMUM_SHRINK, SCORE_FLOOR, Thresholds, ignore, never, no_detections, parse_size
from cxr_viewer.core.suppression import select
from tests import factories


def test_scores_and_boxes_are_means_over_members() -> None:
    found = factories.candidates([(10, 20, 40, 60)], [(0.9, 0.6, 0.3)])
    np.testing.assert_allclose(found.scores, [0.6], rtol=1e-6)
    np.testing.assert_allclose(found.mean_boxes, [[10, 20, 40, 60]], atol=1e-4)
    assert (len(found), found.members) == (1, 3)
    assert found.top_score == pytest.approx(0.6)


def test_mean_boxes_are_clipped_to_the_image() -> None:
    found = factories.candidates([(-10, -10, 130, 140)], [(0.9,)], rows=120, columns=100)
    np.testing.assert_allclose(found.mean_boxes, [[0, 0, 100, 120]])


def test_nothing_found_has_a_top_score_of_zero() -> None:
    assert factories.candidates().subset(np.array([], dtype=np.intp)).top_score == 0


def test_a_subset_keeps_every_field_and_the_order_asked_for() -> None:
    found = factories.candidates(opacity_probability=0.3)
    turned = found.subset(np.array([1, 0]))
    assert turned.anchor_index.tolist() == [8, 7]
    np.testing.assert_array_equal(turned.member_scores, found.member_scores[::-1])
    np.testing.assert_array_equal(turned.mean_boxes, found.mean_boxes[::-1])
    assert (turned.rows, turned.columns, turned.opacity_probability) == (120, 100, 0.3)


def test_a_subset_of_detections_keeps_every_field() -> None:
    shown = select(factories.candidates(), Thresholds(0.1, 0.1), factories.RULES)
    second = shown.subset(np.array([False, True]))
    for name in ("boxes", "scores", "anchor_index", "members_agreeing", "mean_boxes", "low_boxes", "high_boxes"):
        np.testing.assert_array_equal(getattr(second, name), getattr(shown, name)[1:])
    assert second.members == shown.members


def test_no_detections_of_an_ensemble() -> None:
    none = no_detections(4)
    assert (len(none), none.members, none.boxes.shape) == (0, 4, (0, 4))


@pytest.mark.parametrize(
    ("score", "overlap", "size", "what"),
    [
        (0.01, 0.1, None, "score threshold"),
        (1.01, 0.1, None, "score threshold"),
        (0.3, -0.1, None, "overlap threshold"),
        (0.3, 0.51, None, "overlap threshold"),
        (0.3, 0.1, -0.1, "size"),
        (0.3, 0.1, 1.7, "size"),
        (float("nan"), 0.1, None, "score threshold"),
    ],
)
def test_thresholds_outside_the_sliders_are_refused(
    score: float, overlap: float, size: float | None, what: str
) -> None:
    with pytest.raises(ValueError, match=what):
        Thresholds(score, overlap, size)


def test_the_ends_of_the_sliders_are_allowed() -> None:
    assert Thresholds(SCORE_FLOOR, 0, 0).size_text == "0"
    assert Thresholds(1, 0.5, MAXIMUM_SHRINK).size_text == "1.6"
    assert Thresholds(0.3, 0.1).size_text == "mean"


@given(st.none() | st.integers(0, 160).map(lambda number: number / 100))
def test_a_size_is_read_as_it_is_written(size: float | None) -> None:
    assert parse_size(Thresholds(0.3, 0.1, size).size_text) == size


@pytest.mark.parametrize("text", ["", "big", "0,9", "mean 1"])
def test_a_size_that_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be 'mean' or a number"):
        parse_size(text)


def test_mean_is_read_in_any_case() -> None:
    assert parse_size(" Mean ") is None


def test_by_default_nobody_stops_or_watches() -> None:
    assert never() is False
    ignore(1)
