"""Tests of the metric while a fit runs: it is the one of every other evaluation."""

from pathlib import Path

import numpy as np
import torch

from model_training import held_out_metric, prediction, run_folder
from model_training.dataset_detections import detect
from model_training.held_out_metric import HeldOutMetric
from model_training.run_data import RunData
from model_training.run_folder import FittedMember
from model_training.score_thresholds import SCORE_GRID, score_table, weighted_mean
from tests.bundle_factory import TINY, random_network
from tests.model_training.small import small_dataset, small_recipe


def test_it_is_the_metric_of_the_evaluation_of_the_same_member(tmp_path: Path) -> None:
    dataset = small_dataset(tmp_path / "data", count=12)
    data = RunData(dataset, small_recipe(), seed=1, learned=[0], held_out=range(12))
    weights = tmp_path / "member.safetensors"
    run_folder.write_weights(weights, random_network())
    member = FittedMember(tmp_path, TINY, {}, weights, samples=0)
    network = member.network()
    metric = HeldOutMetric(data, TINY.anchors)
    for number in (1, 0, 1):  # in any order, and again
        batch = data.validation_batch(number)
        with torch.inference_mode():
            metric.add(network(batch.pixels[:, None].float() / 255), batch.positions)
    found = metric.mean_precision()
    wanted = weighted_mean(score_table(detect(prediction.of_runs([member], "alone"), dataset)))
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert found.shape == (len(SCORE_GRID),)


def test_the_best_threshold_is_the_first_of_the_highest() -> None:
    means = np.zeros(len(SCORE_GRID))
    means[3] = means[7] = 0.25
    assert held_out_metric.best(means) == (0.25, SCORE_GRID[3])
