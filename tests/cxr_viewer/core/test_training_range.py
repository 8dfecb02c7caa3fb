"""An input is compared with the greys of the training images: darker, flatter, inverted ones are said to be unusual."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cxr_viewer.core.training_range import BINS, RANKS, TrainingRange, distance_of, histogram, judge, measure, pooled


def _picture(seed: int, shift: float = 0.0, gain: float = 1.0) -> NDArray[np.uint8]:
    """Return a picture of a dark half and a bright half, of its own brightness and contrast."""
    random = np.random.default_rng(seed)
    halves = np.where(np.arange(64)[:, None] < 24, 70, 170) + random.normal(0, 12, (64, 64))
    own = (halves - 130) * random.uniform(0.9, 1.1) + 130 + random.normal(0, 6)
    return np.clip((own - 130) * gain + 130 + shift, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def known() -> TrainingRange:
    return measure(_picture(seed) for seed in range(400))


def test_ranks_are_those_of_the_images(known: TrainingRange) -> None:
    means = [float(_picture(seed).mean()) for seed in range(400)]
    assert known.images == 400
    np.testing.assert_allclose(known.brightness, np.percentile(means, RANKS), atol=1e-4)
    shares = np.array([histogram(_picture(seed)) for seed in range(400)])
    np.testing.assert_allclose(
        [known.low, known.middle, known.high], np.percentile(shares, (5, 50, 95), axis=0), atol=1e-4
    )


def test_other_images_of_the_same_kind_are_usual(known: TrainingRange) -> None:
    unusual = [seed for seed in range(1000, 1200) if not judge(_picture(seed), known).is_usual]
    assert len(unusual) <= 20  # one in a hundred in each of five respects, by chance


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"shift": -70}, "darker than all 400 training images"),
        ({"shift": 70}, "brighter than all 400 training images"),
        ({"gain": 0.2}, "of less contrast than all 400 training images"),
        ({"gain": 1.9}, "of more contrast than all 400 training images"),
    ],
)
def test_what_is_unusual_is_said(known: TrainingRange, changes: dict[str, float], words: str) -> None:
    verdict = judge(_picture(5000, **changes), known)
    assert not verdict.is_usual
    assert verdict.words == words


def test_an_inverted_image_is_unusual(known: TrainingRange) -> None:
    assert not judge(255 - _picture(5000), known).is_usual


def test_a_tail_is_told_in_percent(known: TrainingRange) -> None:
    in_order = sorted(range(400), key=lambda seed: float(_picture(seed).mean()))
    verdict = judge(_picture(in_order[1]), known)
    assert verdict.words.startswith("darker than 99")
    assert verdict.words.endswith(" % of the training images")
    assert judge(_picture(in_order[200]), known).is_usual


@given(st.lists(st.integers(0, 255), min_size=1, max_size=200))
def test_a_histogram_shares_all_pixels_out(greys: list[int]) -> None:
    shares = histogram(np.array(greys, dtype=np.uint8))
    assert shares.shape == (BINS,)
    assert shares.sum() == pytest.approx(1)
    expected, _ = np.histogram(greys, bins=BINS, range=(0, 256))
    np.testing.assert_allclose(shares * len(greys), expected)


def test_distance_is_the_earth_movers() -> None:
    black, white = np.eye(BINS)[0], np.eye(BINS)[-1]
    assert distance_of(black, black) == 0
    assert distance_of(black, white) == pytest.approx((BINS - 1) / BINS)


def test_sets_are_pooled_so_that_images_of_either_are_usual(known: TrainingRange) -> None:
    dark = measure(_picture(seed, shift=-60) for seed in range(300))
    both = pooled([known, dark, known])
    assert both is not None
    assert both.images == 700
    assert judge(_picture(9001), both).is_usual
    assert judge(_picture(9001, shift=-60), both).is_usual
    assert not judge(_picture(9001, shift=90), both).is_usual
    assert pooled([known, known]) == known
    assert pooled([]) is None


def test_a_range_of_another_shape_is_refused(known: TrainingRange) -> None:
    with pytest.raises(ValueError, match="bins"):
        TrainingRange(1, (0.1,), known.middle, known.high, known.brightness, known.contrast, known.distance)
    with pytest.raises(ValueError, match="rising"):
        TrainingRange(1, known.low, known.middle, known.high, known.brightness[::-1], known.contrast, known.distance)
    with pytest.raises(ValueError, match="needs images"):
        measure([])
