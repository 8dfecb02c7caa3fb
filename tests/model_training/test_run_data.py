"""Tests of the batches of a run."""

import dataclasses
from pathlib import Path

import numpy as np

from model_training.dataset import open_folders
from model_training.recipe import Recipe, SamplingRules
from model_training.run_data import RunData, Share
from tests.model_training.small import small_recipe, write_dataset


def asked(positive_share: float, correction_share: float) -> Recipe:
    return dataclasses.replace(small_recipe(), sampling=SamplingRules(positive_share, correction_share))


def test_corrections_have_their_share_beside_other_data_and_positives_theirs(tmp_path: Path) -> None:
    both = open_folders(
        [write_dataset(tmp_path / "old", count=40), write_dataset(tmp_path / "corrections", count=8, seed=2)]
    )
    data = RunData(both, asked(0.5, 0.25), seed=1, learned=range(48), held_out=[])
    shown = [index for step in range(20) for index in _indices(data, step, both.pixels[0], both.pixels[1])]
    assert len(shown) == 160
    assert sum(index >= 40 for index in shown) == 40
    assert sum(index % 2 for index in shown) == 80


def test_without_other_data_corrections_are_simply_shown(tmp_path: Path) -> None:
    only = open_folders([write_dataset(tmp_path / "corrections", count=8)])
    data = RunData(only, asked(0.0, 0.5), seed=1, learned=range(8), held_out=[])
    assert sorted(_indices(data, 0, only.pixels[0])) == list(range(8))


def test_a_rounds_loader_goes_from_the_present_step_to_its_end(tmp_path: Path) -> None:
    dataset = open_folders([write_dataset(tmp_path / "old", count=16)])
    data = RunData(dataset, small_recipe(samples=8 * 10), seed=1, learned=range(16), held_out=[])
    positions = [batch.positions for batch in data.round_loader(8)]
    assert positions == [tuple(range(64, 72)), tuple(range(72, 80))]
    assert len(data.round_loader(4)) == 4


def test_validation_shows_every_held_out_example_once(tmp_path: Path) -> None:
    dataset = open_folders([write_dataset(tmp_path / "old", count=16)])
    data = RunData(dataset, small_recipe(), seed=1, learned=range(5), held_out=range(5, 16))
    batches = list(data.validation_loader())
    assert [len(batch.pixels) for batch in batches] == [8, 3]
    shown = np.concatenate([batch.pixels.numpy() for batch in batches])
    np.testing.assert_array_equal(shown, dataset.pixels[0][5:])


def test_processes_share_a_step_and_the_held_out_batches(tmp_path: Path) -> None:
    dataset = open_folders([write_dataset(tmp_path / "old", count=48)])
    data = RunData(dataset, small_recipe(), seed=1, learned=range(20), held_out=range(20, 48))
    shares = [Share(process, 4) for process in range(4)]
    whole, parts = data.batch(3), [data.batch(3, share) for share in shares]
    assert sorted(position for part in parts for position in part.positions) == list(whole.positions)
    for part in parts:
        for row, position in enumerate(part.positions):
            np.testing.assert_array_equal(part.pixels[row], whole.pixels[whole.positions.index(position)])

    loaders = [data.validation_loader(Share(process, 3)) for process in range(3)]
    assert data.validation_batches == 4
    shown = [[batch.positions[0] // 8 for batch in loader] for loader in loaders]
    assert shown == [[0, 3], [1, 0], [2, 1]]  # as many each; the last two are not counted


def _indices(data: RunData, step: int, *pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> list[int]:
    """Return which images a step shows, found by their pixels."""
    known = {image.tobytes(): index for index, image in enumerate(np.concatenate(pixels))}
    return [known[image.numpy().tobytes()] for image in data.batch(step).pixels]
