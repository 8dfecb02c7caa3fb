"""Tests of recipes: the shipped ones say what they should, and a wrong key or value is named."""

import tomllib
from pathlib import Path

import pytest

from cxr_viewer.detection.anchors import AnchorSpec
from cxr_viewer.detection.network_spec import NetworkSpec
from model_training import recipe
from model_training.losses import Normalisation
from model_training.recipe import Recipe, ScheduleKind
from model_training.recipe_table import RecipeError


@pytest.mark.parametrize("name", ["demo", "finetune", "paper"])
def test_shipped_recipes_can_be_read_and_written_back(name: str) -> None:
    asked = recipe.read(name)
    assert asked.name == name
    assert recipe.from_table(recipe.to_table(asked), "copy") == asked


def test_the_paper_recipe_is_the_published_one() -> None:
    asked = recipe.read("paper")
    assert asked.network == NetworkSpec()  # the defaults are the 2018 recipe's
    assert asked.network.anchors == AnchorSpec((2, 3, 4, 5, 6, 7))
    assert (asked.optimizer.kind, asked.optimizer.learning_rate, asked.optimizer.clip_norm) == ("adam", 1e-5, 0.05)
    assert asked.schedule.kind == ScheduleKind.PLATEAU
    assert (asked.schedule.patience, asked.schedule.factor) == (4, 0.2)
    weights = [asked.loss.classification_weight, asked.loss.regression_weight, asked.loss.global_weight]
    assert weights == [1, 1, 0.1]
    assert asked.loss.normalisation == Normalisation.IMAGE
    assert asked.start.pretrained
    assert asked.start.freeze_batch_norm
    assert not asked.assignment.force_best


def test_lengths_are_counted_in_samples() -> None:
    asked = recipe.read("demo").with_samples(1000)
    assert (asked.steps, asked.round_steps) == (125, 100)
    assert recipe.read("demo").with_samples(None) == recipe.read("demo")


SMALLEST = """
name = "smallest"
description = "only what must be there"
[optimizer]
kind = "adam"
learning_rate = 1
clip_norm = 0.05
[schedule]
kind = "constant"
samples = 80
[batch]
size = 8
"""


def read(tmp_path: Path, text: str) -> Recipe:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return recipe.read(str(path))


def test_a_recipe_file_of_ones_own_is_read(tmp_path: Path) -> None:
    asked = read(tmp_path, SMALLEST)
    assert asked.network is None
    assert asked.optimizer.learning_rate == 1.0
    assert isinstance(asked.optimizer.learning_rate, float)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("size = 8", "size = 8\nspeed = 3", "unknown key 'speed' in section \\[batch\\] of .*own.toml"),
        ("samples = 80", "", "lacks the key 'samples' in section \\[schedule\\]"),
        ("[batch]\nsize = 8", "", "lacks the key 'batch' in .*own.toml"),
        ("size = 8", 'size = "eight"', "'batch.size' .* has the wrong value 'eight'; wanted: int"),
        ('"adam"', '"sgd"', "'optimizer.kind' .* wrong value 'sgd'; wanted: 'adam' or 'adamw'"),
        ('"constant"', '"cosine"', "'schedule.kind' .* 'one-cycle' or 'plateau' or 'constant'"),
        (
            "size = 8",
            "size = 8\n[augmentation]\nset = 'wild'",
            "wrong in section \\[augmentation\\].*no augmentation set 'wild'",
        ),
        ("size = 8", "size = 8\n[network]\nanchors = {levels = [3, 5, 6]}", "levels must be consecutive"),
        ("[batch]", "[batch", "no valid TOML"),
    ],
)
def test_a_wrong_recipe_is_refused_with_a_sentence(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    assert before in SMALLEST
    with pytest.raises(RecipeError, match=sentence):
        read(tmp_path, SMALLEST.replace(before, after))


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(RecipeError, match="no recipe 'best': give a file, or one of demo, finetune, paper"):
        recipe.read("best")


def test_shipped_recipes_spell_out_their_network() -> None:
    for path in recipe.shipped().values():
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        assert "network" in table or table["name"] == "finetune"
