"""Tests of the ablations: rows that differ in one thing, a table with paired differences, a sweep without training."""

from dataclasses import replace
from pathlib import Path

import pytest

from model_training import recipe
from model_training.augmentation_sets import PAPER_SETS
from model_training.recipe import Recipe
from model_training.recipe_table import RecipeError
from model_training.studies import ablation_study, ablations
from model_training.studies.ablation_study import AblationRequest
from model_training.studies.ablations import Ablation, AblationPlan
from model_training.studies.benchmark_plan import Scale
from model_training.studies.row import StudyData
from tests.bundle_factory import TINY
from tests.model_training.small import small_recipe, write_dataset
from tests.model_training.studies.test_running import silent


def recipes_of(ablation: Ablation, scale: Scale = Scale.SMALL) -> dict[str, Recipe]:
    return {row.group: row.recipe for row in ablations.rows(AblationPlan(ablation, scale))}


def test_augmentation_varies_the_set_alone() -> None:
    found = recipes_of(Ablation.AUGMENTATION)
    assert tuple(found) == PAPER_SETS
    same = {str(recipe.to_table(replace(own, augmentation=found["paper-none"].augmentation))) for own in found.values()}
    assert len(same) == 1


def test_multitask_takes_the_global_head_away() -> None:
    found = recipes_of(Ablation.MULTITASK, Scale.FULL)
    first, without = found["with-global-head"], found["regression-only"]
    assert first == recipe.read("paper")
    assert without.network is not None
    assert (without.network.global_head, without.loss.global_weight) == ("none", 0.0)


def test_dropout_and_levels_begin_with_the_papers() -> None:
    dropouts = recipes_of(Ablation.DROPOUT)
    assert [own.network.dropout for own in dropouts.values() if own.network] == [0.5, 0.0, 0.25, 0.75]
    levels = recipes_of(Ablation.LEVELS, Scale.FULL)
    assert list(levels)[:2] == ["P2-P7", "P3-P7"]
    assert levels["P2-P7"] == recipe.read("paper")


def test_full_encoders_are_those_of_the_papers_recipes() -> None:
    found = recipes_of(Ablation.ENCODERS, Scale.FULL)
    encoders = [own.network.encoder for own in found.values() if own.network]
    assert encoders[0] == "legacy_seresnext101_32x4d"
    assert len(set(encoders)) == len(encoders) == 10  # of the paper's section 4.3
    small = recipes_of(Ablation.ENCODERS)
    assert [own.network.encoder for own in small.values() if own.network] == list(small)


def test_each_seed_is_a_row_of_its_own() -> None:
    rows = ablations.rows(AblationPlan(Ablation.DROPOUT, seeds=2))
    assert len({row.name for row in rows}) == len(rows) == 8
    assert [row.seed for row in rows[:2]] == [1, 2]


def test_a_recipe_without_a_network_is_refused() -> None:
    with pytest.raises(RecipeError, match="names no network"):
        ablations.rows(AblationPlan(Ablation.DROPOUT, recipe="finetune"))


@pytest.mark.parametrize("ablation", [Ablation.MULTITASK, Ablation.NMS])
def test_a_study_is_a_table_and_pictures(tmp_path: Path, ablation: Ablation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model_training.bootstrap.RESAMPLES", 20)
    base = replace(small_recipe(16), network=replace(TINY, dropout=0.1))
    monkeypatch.setattr(AblationPlan, "base", replace(base, schedule=replace(base.schedule, validate_every=1)))
    data = StudyData(tmp_path / "out", (write_dataset(tmp_path / "data", count=32),), accelerator="cpu")
    table = ablation_study.run(AblationRequest(AblationPlan(ablation), data), silent)
    text = table.read_text(encoding="utf-8")
    assert "half of its persons fix the thresholds" in text
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"rows.csv", "rows.json", "variants-held-out.png", "rounds.png"} <= names
    if ablation is Ablation.NMS:
        assert {"overlaps.csv", "overlaps.png"} <= names
        assert "the paper's T" in text
    else:
        assert text.count("-seed1 |") == 3
