"""Tests of paired differences."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from model_training.studies.comparing_rows import difference, difference_from_mean
from tests.model_training.small import separable
from tests.model_training.studies.measured_rows import written_row


def test_a_row_does_not_differ_from_itself(tmp_path: Path) -> None:
    row = written_row(tmp_path, "a", separable())
    found = difference(row, row, "test")
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


def test_the_mean_of_a_row_and_itself_is_that_row(tmp_path: Path) -> None:
    row = written_row(tmp_path, "a", separable())
    assert difference_from_mean(row, [row, row], "test").value == 0.0


def test_the_difference_is_that_of_the_figures_and_its_interval_is_paired(tmp_path: Path) -> None:
    good = separable()
    silent = tuple(np.zeros((0, 4), np.float32) if number % 4 == 0 else own for number, own in enumerate(good.boxes))
    scores = tuple(own[: len(boxes)] for own, boxes in zip(good.scores, silent, strict=True))
    worse = written_row(tmp_path, "b", dataclasses.replace(good, boxes=silent, scores=scores))
    best = written_row(tmp_path, "a", good)
    found = difference(best, worse, "test")
    assert found.value == pytest.approx(0.5)  # every other positive image is missed
    assert found.low > 0
