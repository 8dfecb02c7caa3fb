"""Disagreement of members, against cases computed by hand and a loop over pairs."""

import itertools
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_viewer.core import disagreement
from cxr_viewer.core.candidates import Candidates, Thresholds
from cxr_viewer.core.disagreement import Disagreement
from tests import factories

THRESHOLDS = Thresholds(0.3, 0.1)


def _about(amount: float, minority: int, members: int) -> Disagreement:
    """Return what equals a disagreement but for rounding."""
    return Disagreement(cast(float, pytest.approx(amount)), minority, members)


LEFT, RIGHT = (10, 20, 40, 60), (60, 20, 90, 70)


def _candidates(*rows: tuple[tuple[float, ...], tuple[float, ...]]) -> Candidates:
    return factories.candidates([box for box, _ in rows], [scores for _, scores in rows])


def test_divided_votes_count_as_much_as_the_scores_lie_apart() -> None:
    # Pairs of 0.9 0.8 0.1 0.2: 0.1 + 0.8 + 0.7 + 0.7 + 0.6 + 0.1 = 3.0 over six pairs.
    found = disagreement.of(_candidates((LEFT, (0.9, 0.8, 0.1, 0.2))), THRESHOLDS)
    assert found == _about(0.5, 2, 4)


def test_members_who_vote_alike_do_not_disagree_however_far_their_scores_lie_apart() -> None:
    assert disagreement.of(_candidates((LEFT, (0.95, 0.35))), THRESHOLDS) == Disagreement(0.0, 0, 2)
    assert disagreement.of(_candidates((LEFT, (0.02, 0.28))), THRESHOLDS) == Disagreement(0.0, 0, 2)


def test_one_against_many_is_the_minority_on_either_side() -> None:
    # Three pairs of 0.8 and four of nothing: the lone voter differs from three, 3 * 0.8 / 6.
    assert disagreement.of(_candidates((LEFT, (0.8, 0.0, 0.0, 0.0))), THRESHOLDS) == _about(0.4, 1, 4)
    assert disagreement.of(_candidates((LEFT, (0.0, 0.8, 0.8, 0.8))), THRESHOLDS) == _about(0.4, 1, 4)


def test_the_most_disputed_place_decides() -> None:
    found = disagreement.of(_candidates((LEFT, (0.5, 0.2, 0.2)), (RIGHT, (0.1, 0.9, 0.9))), THRESHOLDS)
    assert found == _about(2 * 0.8 / 3, 1, 3)


def test_the_same_opacity_at_two_neighbouring_anchors_is_no_disagreement() -> None:
    beside = (12, 20, 42, 60)  # IoU with LEFT: 28 / 32
    found = disagreement.of(_candidates((LEFT, (0.9, 0.1)), (beside, (0.1, 0.9))), THRESHOLDS)
    assert found == Disagreement(0.0, 0, 2)


def test_a_box_that_would_not_be_shown_beside_a_better_one_is_no_place_of_its_own() -> None:
    within = (10, 20, 40, 34)  # IoU with LEFT: 14 / 40, too little for the same place, too much to be shown
    found = disagreement.of(_candidates((LEFT, (0.9, 0.9)), (within, (0.5, 0.1))), THRESHOLDS)
    assert found == Disagreement(0.0, 0, 2)


def test_two_members_who_each_see_an_opacity_elsewhere_disagree() -> None:
    found = disagreement.of(_candidates((LEFT, (0.9, 0.1)), (RIGHT, (0.1, 0.9))), THRESHOLDS)
    assert found == _about(0.8, 1, 2)


def test_nothing_found_is_no_disagreement_and_one_member_cannot_disagree() -> None:
    empty = _candidates((LEFT, (0.9, 0.1, 0.5, 0.4))).subset(np.arange(0))
    assert disagreement.of(empty, THRESHOLDS) == Disagreement(0.0, 0, 4)
    assert disagreement.of(_candidates((LEFT, (0.9,))), THRESHOLDS) is None


def test_words_are_said_only_where_votes_are_divided() -> None:
    assert Disagreement(0.5, 2, 4).words == "2 of 4 disagree"
    assert Disagreement(0.5, 1, 4).words == "1 of 4 disagrees"
    assert Disagreement(0.0, 0, 4).words == ""


@given(st.lists(st.floats(0, 1, width=32), min_size=2, max_size=12))
def test_mean_difference_is_that_of_all_pairs(scores: list[float]) -> None:
    pairs = [abs(a - b) for a, b in itertools.combinations(scores, 2)]
    found = disagreement.mean_difference(np.array([scores], np.float32))
    assert found[0] == pytest.approx(sum(pairs) / len(pairs), abs=1e-9)


@given(st.integers(0, 2**32 - 1))
def test_the_order_of_members_does_not_matter(seed: int) -> None:
    chance = np.random.default_rng(seed)
    scores = chance.uniform(0, 1, (6, 4))
    boxes = np.sort(chance.uniform(0, 90, (6, 4)), axis=1).tolist()
    order = chance.permutation(4)
    first = disagreement.of(factories.candidates(boxes, scores.tolist()), THRESHOLDS)
    second = disagreement.of(factories.candidates(boxes, scores[:, order].tolist()), THRESHOLDS)
    assert first
    assert second
    assert first.value == pytest.approx(second.value, abs=1e-6)
    assert 0 <= first.value <= 1
