"""Tests of the phantom benchmark: a small one from phantoms to its table, and the numbers that make it this one."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from model_training.studies import benchmark_plan, detector_benchmark
from model_training.studies.benchmark_plan import BENCHMARKS, PhantomSet, Scale
from model_training.studies.detector_benchmark import BenchmarkRequest
from model_training.studies.row import Detector
from tests.model_training.studies.test_running import silent

TINY_BENCHMARK = replace(
    BENCHMARKS[Scale.SMALL],
    phantom_side=192,
    side=192,
    train=PhantomSet("train", 101, 24),
    tuning=PhantomSet("tuning", 102, 6),
    test=PhantomSet("test", 103, 8),
    samples=8,
    rates=(1e-3,),
    encoder="mobilenetv3_small_050",
    width=32,
)


def nobody(_what: str) -> Callable[[int, int], None]:
    return lambda done, total: None


def test_the_small_benchmark_is_this_one() -> None:
    plan = BENCHMARKS[Scale.SMALL]
    assert [(own.seed, own.count) for own in (plan.train, plan.tuning, plan.test)] == [
        (101, 3000),
        (102, 500),
        (103, 1000),
    ]
    rows = benchmark_plan.first_rows(plan)
    assert len({row.name for row in rows}) == len(rows) == 9
    assert {row.recipe.schedule.samples for row in rows} == {6400}
    assert {row.recipe.batch.size for row in rows} == {8}
    assert {row.recipe.network.encoder for row in rows if row.recipe.network} == {"mobilenetv3_small_100"}
    assert [row.detector for row in rows[:4]] == [Detector.TORCHVISION] * 3 + [Detector.OWN]


def test_the_full_benchmark_has_the_papers_encoder_and_levels() -> None:
    rows = benchmark_plan.first_rows(BENCHMARKS[Scale.FULL])
    networks = {row.group: row.recipe.network for row in rows}
    paper = networks[benchmark_plan.PAPER]
    assert paper is not None
    assert paper.anchors.levels == (2, 3, 4, 5, 6, 7)
    assert {own.encoder for own in networks.values() if own} == {"legacy_seresnext101_32x4d"}
    assert {own.input_side for own in networks.values() if own} == {512}


def test_other_counts_make_a_shorter_benchmark() -> None:
    short = BENCHMARKS[Scale.SMALL].shortened(160, 60)
    assert (short.samples, short.train.count, short.tuning.count, short.test.count) == (160, 60, 10, 20)


def test_one_call_makes_the_table_and_a_second_one_does_nothing_again(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("model_training.bootstrap.RESAMPLES", 20)
        request = BenchmarkRequest(tmp_path / "out", TINY_BENCHMARK, accelerator="cpu")
        table = detector_benchmark.run(request, silent, nobody)
        text = table.read_text(encoding="utf-8")
        for words in ("torchvision's RetinaNet rules", "best single member", "ensemble of 4 folds", "strong − paper"):
            assert words in text
        with (tmp_path / "out" / "rows.csv").open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        assert len(rows) == 3 + 3 + 2
        assert (tmp_path / "out" / "froc-test.png").read_bytes().startswith(b"\x89PNG")
        runs = {file: file.stat().st_mtime_ns for file in (tmp_path / "out" / "runs").rglob("*.safetensors")}
        assert detector_benchmark.run(request, silent, nobody).read_text(encoding="utf-8") == text
        assert {file: file.stat().st_mtime_ns for file in runs} == runs
