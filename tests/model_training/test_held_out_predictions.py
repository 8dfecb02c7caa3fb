"""Tests of who predicts which image: nobody an image that it learned from."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from cxr_viewer.detection.anchors import decode_centres, decode_log_sizes, grid
from cxr_viewer.detection.merging import MemberOutput
from model_training import fit, prediction
from model_training.dataset import Dataset
from model_training.ensemble_members import EnsembleError, RunMembers, last_checkpoints, read_runs
from model_training.held_out_predictions import Basis, plan, predict
from tests.bundle_factory import TINY
from tests.model_training.small import small_dataset, write_run


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return small_dataset(tmp_path_factory.mktemp("data") / "train", count=8)


@pytest.fixture(scope="module")
def runs(data: Dataset, tmp_path_factory: pytest.TempPathFactory) -> tuple[RunMembers, ...]:
    folder = tmp_path_factory.mktemp("runs")
    return read_runs([write_run(folder / f"{fold}", data, fold, fold + 1, (32, 64, 96)) for fold in (0, 1)], 2)


def by_hand(outputs: list[MemberOutput], anchor: int) -> tuple[float, list[float], list[float]]:
    """Return mean score, mean centre and mean log size of one anchor, network pixels, combined with plain loops."""
    own = grid(TINY.anchors, TINY.input_side)[anchor : anchor + 1]
    deltas = [[float(out.box_deltas[anchor, axis]) for out in outputs] for axis in range(4)]
    means = np.array([[sum(values) / len(values) for values in deltas]], dtype=np.float32)
    centre = decode_centres(own, means[:, :2])[0].tolist()
    size = decode_log_sizes(own, means[:, 2:])[0].tolist()
    return sum(float(out.scores[anchor]) for out in outputs) / len(outputs), centre, size


def test_each_fold_is_predicted_by_the_checkpoints_that_held_it_out_merged_per_anchor(
    data: Dataset, runs: tuple[RunMembers, ...]
) -> None:
    planned = plan(runs, data)
    assert planned.is_out_of_fold
    assert sorted(index for team in planned.teams for index in team.images) == list(range(len(data)))
    predictions = predict(planned, data, checkpoints=2)
    for fold, run in enumerate(runs):
        index = fit.split(data, fold, 2, 42)[1][0]
        outputs = prediction.of_runs(run[-2:], "").outputs(data, index)
        own = predictions.images.candidates[index]
        assert own.members == 2
        score, centre, size = by_hand(outputs, int(own.anchor_index[0]))
        assert float(own.scores[0]) == pytest.approx(score, abs=1e-6)
        assert own.centre[0] == pytest.approx(centre, abs=1e-3)
        assert own.log_size_mean[0] == pytest.approx(size, abs=1e-4)


def test_every_kept_checkpoint_has_candidates_of_its_own(data: Dataset, runs: tuple[RunMembers, ...]) -> None:
    predictions = predict(plan(runs, data), data, checkpoints=1)
    assert list(predictions.by_samples) == [32, 64, 96]
    for own, last in zip(predictions.images.candidates, predictions.by_samples[96].candidates, strict=True):
        np.testing.assert_array_equal(own.member_scores, last.member_scores)
    assert predictions.by_samples[32].members == 1


def test_folds_and_checkpoints_together_predict_what_nobody_learned_from(
    data: Dataset, runs: tuple[RunMembers, ...], tmp_path: Path
) -> None:
    other = small_dataset(tmp_path / "other", count=2, seed=5)
    planned = plan(runs, other)
    assert planned.basis is Basis.SEPARATE
    predictions = predict(planned, other, checkpoints=2)
    own = predictions.images.candidates[1]
    assert own.members == 4
    outputs = prediction.of_runs(last_checkpoints(runs, 2), "").outputs(other, 1)
    score, centre, _ = by_hand(outputs, int(own.anchor_index[0]))
    assert float(own.scores[0]) == pytest.approx(score, abs=1e-6)
    assert own.centre[0] == pytest.approx(centre, abs=1e-3)


def test_consensus_read_images_are_in_no_fold_and_all_members_predict_them(
    data: Dataset, runs: tuple[RunMembers, ...]
) -> None:
    marked = [dataclasses.replace(example, is_consensus=number >= 6) for number, example in enumerate(data.examples)]
    mixed = dataclasses.replace(data, examples=tuple(marked))
    predictions = predict(plan(runs, mixed), mixed, checkpoints=2)
    assert len(predictions.images.examples) == 6
    assert not any(example.is_consensus for example in predictions.images.examples)
    assert predictions.consensus is not None
    assert [example.key for example in predictions.consensus.examples] == ["train-6", "train-7"]
    assert predictions.consensus.members == 4


def test_images_of_a_fold_without_a_run_are_left_out_and_counted(data: Dataset, runs: tuple[RunMembers, ...]) -> None:
    planned = plan(runs[:1], data)
    assert [len(team.images) for team in planned.teams] == [4]
    assert planned.left_out == 4


def test_part_of_what_was_learned_and_runs_without_a_fold_are_refused(
    data: Dataset, runs: tuple[RunMembers, ...], tmp_path: Path
) -> None:
    more = dataclasses.replace(data, digest="of both", part_digests=(data.digest, "another"))
    with pytest.raises(EnsembleError, match="not all that the runs were fitted on"):
        plan(runs, more)
    of_both = [read_runs([write_run(tmp_path / f"both{fold}", more, fold)])[0] for fold in (0, 1)]
    with pytest.raises(EnsembleError, match="not all that the runs were fitted on"):
        plan(of_both, data)
    (everything,) = read_runs([write_run(tmp_path / "all", data, None)])
    with pytest.raises(EnsembleError, match="held no fold out"):
        plan([everything], data)
    with pytest.raises(EnsembleError, match="Some folds have more runs"):
        plan([*runs, runs[0]], data)
