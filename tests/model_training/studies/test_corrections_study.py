"""Tests of the study of corrections: from a bundle and phantoms to a table before and after."""

from dataclasses import replace
from pathlib import Path

import pytest

from model_training.studies import corrections_study
from model_training.studies.benchmark_plan import PhantomSet
from model_training.studies.corrections_plan import PLAN
from model_training.studies.corrections_study import CorrectionsRequest
from tests.bundle_factory import tiny_bundle
from tests.model_training.studies.test_detector_benchmark import nobody
from tests.model_training.studies.test_running import silent


def six(phantoms: PhantomSet) -> PhantomSet:
    return replace(phantoms, count=6)


def test_other_counts_make_a_shorter_study() -> None:
    short = PLAN.shortened(80, 12, 20)
    assert (short.samples, short.corrected.count, short.new_test.count, short.known.count) == (80, 12, 20, 80)
    assert PLAN.shortened(None, None, None) == PLAN


def test_a_bundle_is_corrected_fitted_and_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model_training.bootstrap.RESAMPLES", 20)
    tiny_bundle(tmp_path / "parent", members=1)
    plan = replace(
        PLAN,
        phantom_side=128,
        samples=16,
        corrected=six(PLAN.corrected),
        known=six(PLAN.known),
        old_tuning=six(PLAN.old_tuning),
        new_tuning=six(PLAN.new_tuning),
        old_test=six(PLAN.old_test),
        new_test=six(PLAN.new_test),
    )
    request = CorrectionsRequest(tmp_path / "out", tmp_path / "parent", plan, accelerator="cpu")
    text = corrections_study.run(request, silent, nobody).read_text(encoding="utf-8")
    assert "corrected 6 images of the shifted kind" in text
    assert text.count("| before |") == 2
    assert text.count("minus before") == 4
    bundles = {path.name for path in (tmp_path / "out" / "bundles").iterdir()}
    assert bundles == {"corrections-alone", "corrections-and-known"}
    assert corrections_study.run(request, silent, nobody).read_text(encoding="utf-8") == text
