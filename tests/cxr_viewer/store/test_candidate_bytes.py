"""Candidates come back bit for bit, and damaged bytes are told from whole ones."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cxr_viewer.core.candidates import Candidates
from cxr_viewer.core.gate import GateScore
from cxr_viewer.store import candidate_bytes
from tests import factories

ARRAYS = ("anchor_index", "centre", "log_size_mean", "log_size_low", "log_size_high", "member_scores")


@st.composite
def all_candidates(draw: st.DrawFn) -> Candidates:
    """Draw candidates of any size with any float32 values, not only sensible ones."""
    count, members = draw(st.integers(0, 6)), draw(st.integers(1, 5))
    pairs = arrays.arrays(np.float32, (count, 2))
    return Candidates(
        anchor_index=draw(arrays.arrays(np.int32, count)),
        centre=draw(pairs),
        log_size_mean=draw(pairs),
        log_size_low=draw(pairs),
        log_size_high=draw(pairs),
        member_scores=draw(arrays.arrays(np.float32, (count, members))),
        rows=draw(st.integers(0, 2**32 - 1)),
        columns=draw(st.integers(0, 2**32 - 1)),
        opacity_probability=draw(st.none() | st.floats(allow_nan=False)),
        gate=draw(st.none() | st.builds(GateScore, st.floats(0, 1), st.floats(0, 1))),
    )


def assert_identical(first: Candidates, second: Candidates) -> None:
    for name in ARRAYS:
        one, two = getattr(first, name), getattr(second, name)
        assert (one.dtype, one.shape) == (two.dtype, two.shape)
        assert one.tobytes() == two.tobytes()
        assert two.flags.c_contiguous
    for name in ("rows", "columns", "opacity_probability", "gate"):
        assert getattr(first, name) == getattr(second, name)


@given(all_candidates())
def test_any_candidates_come_back_bit_for_bit(candidates: Candidates) -> None:
    assert_identical(candidates, candidate_bytes.decode(candidate_bytes.encode(candidates)))


@given(all_candidates(), st.randoms(use_true_random=False))
def test_cut_bytes_are_refused(candidates: Candidates, chance: random.Random) -> None:
    content = candidate_bytes.encode(candidates)
    with pytest.raises(ValueError, match="ached candidates"):
        candidate_bytes.decode(content[: chance.randrange(len(content))])


def test_any_changed_byte_behind_the_header_is_refused() -> None:
    content = candidate_bytes.encode(factories.candidates())
    for place in range(candidate_bytes._HEADER.size, len(content)):
        changed = bytearray(content)
        changed[place] ^= 0x55
        with pytest.raises(ValueError, match="ached candidates"):
            candidate_bytes.decode(bytes(changed))


def test_a_header_that_asks_for_gigabytes_is_refused() -> None:
    content = bytearray(candidate_bytes.encode(factories.candidates()))
    content[4:8] = b"\xff\xff\xff\xff"
    with pytest.raises(ValueError, match="header"):
        candidate_bytes.decode(bytes(content))


def test_a_thousand_candidates_of_four_members_take_less_than_raw_arrays() -> None:
    chance = np.random.default_rng(1)
    boxes = np.sort(chance.uniform(0, 2000, (1000, 4)), axis=1)
    candidates = factories.candidates(boxes.tolist(), chance.beta(0.5, 8, (1000, 4)).tolist(), 2000, 2000)
    assert len(candidate_bytes.encode(candidates)) < 0.85 * 13 * 4 * 1000


def test_entries_from_before_the_gate_are_refused_and_computed_anew() -> None:
    content = candidate_bytes.encode(factories.candidates())
    with pytest.raises(ValueError, match="header"):
        candidate_bytes.decode(b"CXC1" + content[4:])
