"""Pictures that the gate learns from: every kind by name and seed, none a frontal chest, sized for the network."""

import numpy as np
import pytest

from cxr_viewer.detection.input_gate import THUMBNAIL_SIDE
from model_training.dataset import Dataset
from model_training.gate import outside, samples
from model_training.gate.damage import half_turn, invert, quarter_turn
from model_training.phantom.phantom import simulate
from tests.model_training.small import small_dataset

SIDE = 96


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return small_dataset(tmp_path_factory.mktemp("data") / "set", count=8)


@pytest.mark.parametrize("kind", outside.KINDS)
def test_every_kind_is_drawn_as_the_network_gets_it_and_again_by_its_seed(kind: str) -> None:
    phantom = simulate(3, side=SIDE).displayed()
    first, again, other = (outside.draw(kind, np.random.default_rng(seed), SIDE, phantom) for seed in (1, 1, 2))
    assert first.shape == (SIDE, SIDE)
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(first, again)
    assert kind == "blank" or not np.array_equal(first, other)
    assert not np.array_equal(first, phantom)


def test_damage_turns_and_inverts() -> None:
    image = np.arange(48, dtype=np.uint8).reshape(6, 8) + 100
    rng = np.random.default_rng(0)
    assert quarter_turn(rng, image).shape == (8, 6)
    for _ in range(4):
        np.testing.assert_array_equal(np.sort(half_turn(rng, image)[0]), image[-1])
        np.testing.assert_array_equal(invert(rng, image), 255 - image)


def test_samples_are_balanced_over_kinds_and_repeat_by_seed(data: Dataset) -> None:
    sources = np.arange(len(data))
    first, again = (samples.draw_samples(data, sources, 26, seed=5) for _ in range(2))
    assert first.inside.shape == (26, THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    assert np.bincount(first.kinds).tolist() == [1] * len(outside.KINDS)
    np.testing.assert_array_equal(first.inside, again.inside)
    np.testing.assert_array_equal(first.outside, again.outside)


def test_a_picture_depends_on_its_number_not_on_its_batch(data: Dataset) -> None:
    sources = np.arange(len(data))
    together = samples.inside(data, sources, np.arange(4), seed=2)
    alone = samples.inside(data, sources, np.array([3]), seed=2)
    np.testing.assert_array_equal(together[3], alone[0])
