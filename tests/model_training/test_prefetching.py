"""Tests of batches made ahead: in order, each once, whatever the threads do."""

import random
import time
from pathlib import Path

import pytest

from model_training.dataset import Batch
from model_training.prefetching import AHEAD, Prefetched, Waiting
from model_training.run_data import RunData
from tests.model_training.small import small_dataset, small_recipe


@pytest.fixture
def data(tmp_path: Path) -> RunData:
    return RunData(small_dataset(tmp_path / "data"), small_recipe(), seed=1, learned=range(32), held_out=[])


def test_batches_come_in_order_although_threads_do_not(data: RunData) -> None:
    delays = random.Random(1)

    def late(number: int) -> Batch:
        time.sleep(delays.random() / 500)
        return data.batch(number)

    waiting = Waiting()
    loader = Prefetched(range(5, 25), late, waiting)
    assert len(loader) == 20
    assert [batch.positions[0] // 8 for batch in loader] == list(range(5, 25))
    assert waiting.seconds > 0


def test_no_more_is_made_than_is_about_to_be_used(data: RunData) -> None:
    made: list[int] = []

    def noted(number: int) -> Batch:
        made.append(number)
        return data.batch(number)

    batches = iter(Prefetched(range(100), noted, Waiting()))
    next(batches)
    batches.close()  # type: ignore[attr-defined]  # a generator
    assert len(made) <= 1 + AHEAD


def test_an_error_reaches_whoever_waits_for_the_batch(data: RunData) -> None:
    def broken(number: int) -> Batch:
        if number == 2:
            raise OSError("the disk is gone")
        return data.batch(number)

    batches = iter(Prefetched(range(4), broken, Waiting()))
    next(batches)
    next(batches)
    with pytest.raises(OSError, match="the disk is gone"):
        next(batches)
