"""Tests of the rule by which a candidate replaces the shipped bundle."""

from pathlib import Path

import numpy as np
import pytest

from model_training import choice
from model_training.choice import Candidate
from model_training.commands import main
from model_training.dataset import Dataset
from model_training.evaluation import IMAGE_AUC, MEAN_PRECISION, sensitivity_name
from tests.bundle_factory import tiny_bundle
from tests.model_training.small import small_dataset, write_dataset

GOOD = {MEAN_PRECISION: 0.4, sensitivity_name(0.25): 0.7, IMAGE_AUC: 0.9}


def candidate(first: float, second: float, size: int = 10, figures: dict[str, float] = GOOD) -> Candidate:
    tables = (np.full((16, 1), first), np.full((8, 1), second))
    return Candidate("one", 0.3, (figures, {}), tables, size)


@pytest.fixture(scope="module")
def domains(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dataset, Dataset]:
    folder = tmp_path_factory.mktemp("domains")
    return small_dataset(folder / "plain", 16, 3), small_dataset(folder / "second", 8, 4)


def test_the_value_weighs_domains_alike_whatever_their_size() -> None:
    assert candidate(0.2, 0.6).value == pytest.approx(0.4)


def test_a_better_candidate_replaces_and_a_worse_or_equal_one_does_not(domains: tuple[Dataset, Dataset]) -> None:
    held = candidate(0.3, 0.3)
    better = choice.compare(candidate(0.4, 0.3), held, domains)
    assert better.difference.value == pytest.approx(0.05)
    assert better.replaces
    assert "It replaces" in better.text(domains)
    equal = choice.compare(candidate(0.3, 0.3), held, domains)
    assert not equal.replaces
    assert "interval" in equal.text(domains)


def test_a_gain_on_few_persons_is_no_gain(domains: tuple[Dataset, Dataset]) -> None:
    held, lucky = candidate(0.3, 0.3), candidate(0.3, 0.3)
    lucky.tables[0][0], lucky.tables[0][1] = 1.0, 0.0
    compared = choice.compare(lucky, held, domains)
    assert compared.difference.value > 0
    assert not compared.replaces


@pytest.mark.parametrize("broken", list(GOOD))
def test_a_candidate_below_a_floor_is_refused_by_the_name_of_the_floor(
    broken: str, domains: tuple[Dataset, Dataset]
) -> None:
    weak = candidate(0.9, 0.9, figures=GOOD | {broken: 0.1})
    compared = choice.compare(weak, candidate(0.3, 0.3), domains)
    assert not compared.replaces
    assert broken in compared.text(domains)


def test_a_candidate_that_weighs_too_much_is_refused(domains: tuple[Dataset, Dataset]) -> None:
    heavy = candidate(0.9, 0.9, size=25_000_000)
    assert not choice.compare(heavy, candidate(0.3, 0.3), domains).replaces


def test_images_without_boxes_and_truths_do_not_count(domains: tuple[Dataset, Dataset]) -> None:
    held, other = candidate(0.3, 0.3), candidate(0.5, 0.5)
    other.tables[0][4:] = np.nan
    assert choice.compare(other, held, domains).difference.value == pytest.approx(0.2)


def test_a_bundle_held_against_itself_does_not_replace_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = tmp_path / "bundle"
    tiny_bundle(bundle)
    tuning, plain, second = (
        str(write_dataset(tmp_path / name, 8, seed)) for seed, name in enumerate(("tuning", "plain", "second"))
    )
    arguments = ["choose", str(bundle), str(bundle), "--tuning", tuning, "--domain", plain, "--domain", second]
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert "paired: 0.000 (0.000 to 0.000)" in shown
    assert "It does not replace the incumbent" in shown
