"""A gate is fitted to phantoms, keeps its rule, is written into bundles, and is refused when it learned nothing."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from cxr_viewer.detection import bundle as bundles
from cxr_viewer.detection import input_gate, load_detector
from cxr_viewer.detection.bundle import GATE_FILE
from model_training.dataset import Dataset
from model_training.gate.bundle_gate import put_gate, with_gate
from model_training.gate.fitting import FittedGate, GateError, GateRecipe, fit_gate
from model_training.gate.limit import LEAST_WITHHELD, choose_limit
from model_training.phantom.phantom import simulate
from tests.bundle_factory import tiny_bundle
from tests.model_training.small import SIDE, small_dataset

PHANTOMS = 32


def phantoms(folder: Path, first: int) -> Dataset:
    """Return a dataset whose pictures are phantoms."""
    dataset = small_dataset(folder, count=PHANTOMS)
    images = np.stack([simulate(first + number, side=SIDE).displayed() for number in range(PHANTOMS)])
    return dataclasses.replace(dataset, pixels=(images,))


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> FittedGate:
    folder = tmp_path_factory.mktemp("phantoms")
    recipe = GateRecipe(chests=780, seed=2, epochs=16, most_chests_withheld=0.2)
    return fit_gate(phantoms(folder / "one", 0), recipe, phantoms(folder / "two", 1000))


def test_a_fitted_gate_tells_phantoms_of_another_seed_from_everything_else(fitted: FittedGate) -> None:
    held_out, other = fitted.figures
    assert held_out.others_withheld >= LEAST_WITHHELD - 0.02
    assert other.auc > 0.9
    assert other.chests_withheld < 0.2
    assert other.others_withheld > 0.8


def test_the_limit_withholds_the_share_that_the_rule_says() -> None:
    scores = np.linspace(0, 1, 1001)
    limit = choose_limit(scores)
    assert (scores > limit).mean() == pytest.approx(LEAST_WITHHELD, abs=0.002)


def test_too_few_phantoms_are_refused(tmp_path: Path) -> None:
    with pytest.raises(GateError, match="too few phantoms"):
        fit_gate(small_dataset(tmp_path / "set", count=1), GateRecipe(chests=64))


def test_a_gate_that_learned_nothing_is_refused(tmp_path: Path) -> None:
    noise = small_dataset(tmp_path / "set", count=8)
    blank = dataclasses.replace(noise, pixels=(np.full((8, SIDE, SIDE), 90, np.uint8),))
    with pytest.raises(GateError, match="would withhold"):
        fit_gate(blank, GateRecipe(chests=64))


def test_a_bundle_gets_a_gate_and_everything_else_stays(fitted: FittedGate, tmp_path: Path) -> None:
    source = tiny_bundle(tmp_path / "source", members=1)
    first = with_gate(source.folder, fitted, tmp_path / "first")
    assert (first.gate, first.members, first.thresholds) == (GATE_FILE, source.members, source.thresholds)
    assert first.digest != source.digest
    assert load_detector(first.folder, "cpu", "openvino").detect(np.zeros((200, 200), np.uint8)).gate is not None
    again = with_gate(first.folder, fitted, tmp_path / "again")
    card = (again.folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert card.startswith("Random weights")
    assert card.count("## Input gate") == 1
    assert f"{fitted.figures[1].auc:.4f}" in card


def test_a_child_takes_over_its_parents_gate(fitted: FittedGate, tmp_path: Path) -> None:
    source = tiny_bundle(tmp_path / "source", members=1)
    parent = with_gate(source.folder, fitted, tmp_path / "parent")
    (tmp_path / "stage").mkdir()
    card, name = put_gate(tmp_path / "stage", "# Child\n", None, bundles.read(parent.folder))
    assert (name, "Taken over from tiny 0" in card) == (GATE_FILE, True)
    assert input_gate.read(tmp_path / "stage" / GATE_FILE).limit == fitted.gate.limit
    assert put_gate(tmp_path / "stage", "# Child\n", None, source) == ("# Child\n", "")
