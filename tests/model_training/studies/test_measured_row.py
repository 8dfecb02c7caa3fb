"""Tests of finished rows: what is written is read, another study's row is refused."""

from pathlib import Path

import numpy as np
import pytest

from cxr_viewer.core.whole_folder import FolderInUseError
from model_training.studies import measured_row
from tests.model_training.small import separable
from tests.model_training.studies.measured_rows import written_row


def test_a_row_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = separable()
    row = written_row(tmp_path, "a", found)
    assert row.figure("test", "mean_precision").value == 1.0
    assert row.figure("test", "sensitivity", 0.25).value == 1.0
    again = row.detections("test")
    for first, second in ((again.boxes, found.boxes), (again.scores, found.scores), (again.truths, found.truths)):
        assert len(first) == len(second)
        assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))
    assert np.array_equal(again.persons, found.persons)
    assert np.array_equal(again.is_positive, found.is_positive)
    assert again.opacity_probability is not None


def test_a_row_that_is_not_done_is_none(tmp_path: Path) -> None:
    assert measured_row.read(tmp_path, "a", {}) is None


def test_a_row_of_another_study_is_refused(tmp_path: Path) -> None:
    written_row(tmp_path, "a", separable())
    with pytest.raises(FolderInUseError, match="another study"):
        measured_row.read(tmp_path, "a", {"name": "a", "samples": 2})
