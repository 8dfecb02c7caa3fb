"""Tests of the order in which examples are shown."""

from collections import Counter

import pytest

from model_training.sampling import Mixed, Shuffled, balanced


def test_positives_have_their_share_and_every_example_its_turn() -> None:
    order = balanced(range(10), range(10, 40), positive_share=0.52, seed=1)
    shown = [order[position] for position in range(1000)]
    assert sum(index < 10 for index in shown) == 520
    counts = Counter(shown)
    assert {counts[index] for index in range(10)} == {52}
    assert {counts[index] for index in range(10, 40)} == {16}


def test_every_batch_of_eight_has_four_or_five_positives() -> None:
    order = balanced(range(10), range(10, 40), positive_share=0.52, seed=1)
    for step in range(100):
        assert sum(order[step * 8 + place] < 10 for place in range(8)) in (4, 5)


def test_without_a_share_every_pass_shows_every_example_once() -> None:
    order = balanced(range(3), range(3, 11), positive_share=0.0, seed=2)
    passes = [[order[start + place] for place in range(11)] for start in (0, 11)]
    assert [sorted(one) for one in passes] == [list(range(11))] * 2
    assert passes[0] != passes[1]


def test_the_order_can_be_entered_anywhere() -> None:
    whole = balanced(range(5), range(5, 30), 0.5, seed=3)
    forward = [whole[position] for position in range(300)]
    entered = balanced(range(5), range(5, 30), 0.5, seed=3)
    assert [entered[position] for position in range(299, -1, -1)] == forward[::-1]
    other = balanced(range(5), range(5, 30), 0.5, seed=4)
    assert [other[position] for position in range(300)] != forward


def test_one_kind_alone_is_simply_shuffled() -> None:
    order = balanced(range(4), [], positive_share=0.5, seed=1)
    assert sorted(order[position] for position in range(4)) == [0, 1, 2, 3]


def test_nothing_to_learn_from_is_refused() -> None:
    with pytest.raises(ValueError, match="no example"):
        balanced([], [], 0.5, 1)


def test_orders_of_one_seed_and_other_streams_differ() -> None:
    first, second = Shuffled(range(20), seed=1, stream=0), Shuffled(range(20), seed=1, stream=1)
    assert [first[place] for place in range(20)] != [second[place] for place in range(20)]


def test_mixed_orders_keep_their_share_and_their_own_turn() -> None:
    order = Mixed(Shuffled(range(4), 1, 0), Shuffled(range(4, 12), 1, 1), share=0.25)
    shown = [order[position] for position in range(320)]
    assert sum(index < 4 for index in shown) == 80
    assert Counter(shown) == {**dict.fromkeys(range(4), 20), **dict.fromkeys(range(4, 12), 30)}
