"""Tests of recipes: the shipped ones say what they should, and a wrong key or value is named."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from cxr_viewer.detection.anchors import AnchorSpec
from cxr_viewer.detection.network_spec import NetworkSpec
from model_training import recipe
from model_training.losses import Normalisation
from model_training.recipe import Recipe, ScheduleKind
from model_training.recipe_table import RecipeError


@pytest.mark.parametrize("name", recipe.shipped())
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
    assert asked.augmentation.set == "paper-heavy-no-rotation"  # the best of Table 3
    assert asked.batch.size == 4


def differences(name: str) -> dict[str, object]:
    """Return what a recipe has otherwise than ``paper``, by the path of its key."""

    def flat(table: dict[str, Any], place: str = "") -> dict[str, object]:
        entries: dict[str, object] = {}
        for key, value in table.items():
            entries |= flat(value, f"{place}{key}.") if isinstance(value, dict) else {place + key: value}
        return entries

    own, paper = flat(recipe.to_table(recipe.read(name))), flat(recipe.to_table(recipe.read("paper")))
    assert set(own) == set(paper)
    return {key: value for key, value in own.items() if value != paper[key] and key not in ("name", "description")}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("paper-no-p2", {"network.anchors.levels": [3, 4, 5, 6, 7]}),
        ("paper-dropout075", {"network.dropout": 0.75, "batch.size": 6}),
        ("regression-only", {"network.global_head": "none"}),
        (
            "paper-as-written",
            {
                "network.class_head_dropout": False,
                "optimizer.clip_norm": 0.0,
                "schedule.watched": "total",
                "augmentation.set": "paper-heavy-no-rotation-flipped",
            },
        ),
        (
            "paper-code",
            {
                "network.dropout": 0.75,
                "batch.size": 6,
                "schedule.samples": 365940,
                "augmentation.set": "paper-heavy-custom-rotation",
            },
        ),
        ("paper-xception", {"network.encoder": "legacy_xception.tf_in1k"}),
        ("paper-mnasnet", {"network.encoder": "mnasnet_100.rmsp_in1k"}),
        ("paper-resnet34", {"network.encoder": "resnet34.tv_in1k"}),
        ("paper-resnet50", {"network.encoder": "resnet50.tv_in1k"}),
        ("paper-resnet101", {"network.encoder": "resnet101.tv_in1k"}),
        (
            "paper-seresnext50",
            {"network.encoder": "legacy_seresnext50_32x4d", "batch.size": 8, "schedule.samples": 231072},
        ),
        ("paper-dpn92", {"network.encoder": "dpn92.mx_in1k"}),
        ("paper-inception-resnet-v2", {"network.encoder": "inception_resnet_v2.tf_in1k"}),
        ("paper-pnasnet5-large", {"network.encoder": "pnasnet5large.tf_in1k"}),
    ],
)
def test_variants_differ_from_the_paper_recipe_in_what_they_are_named_for(
    name: str, expected: dict[str, object]
) -> None:
    assert differences(name) == expected


@pytest.mark.parametrize("name", [name for name in recipe.shipped() if name.startswith("paper")])
def test_the_papers_rounds_are_whole_epochs_of_its_folds(name: str) -> None:
    asked = recipe.read(name)
    assert asked.round_steps == 19262 // asked.batch.size
    assert asked.steps == (19 if name == "paper-code" else 12) * asked.round_steps


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
    with pytest.raises(RecipeError, match=r"no recipe 'best': give a file, or one of .*demo, finetune, paper"):
        recipe.read("best")


def test_shipped_recipes_spell_out_their_network_or_extend_one_that_does() -> None:
    for name, path in recipe.shipped().items():
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        assert "network" in table or "extends" in table or name == "finetune"
        assert recipe.read(name).network is not None or name == "finetune"


def test_a_recipe_takes_from_another_what_it_does_not_say_itself(tmp_path: Path) -> None:
    (tmp_path / "first.toml").write_text(SMALLEST, encoding="utf-8")
    (tmp_path / "second.toml").write_text(
        'extends = "first.toml"\n[optimizer]\nclip_norm = 5\n[augmentation]\nset = "weak"', encoding="utf-8"
    )
    asked = read(tmp_path, 'extends = "second.toml"\nname = "third"\n[batch]\nsize = 4')
    first = recipe.read(str(tmp_path / "first.toml"))
    assert (asked.name, asked.description) == ("third", first.description)
    assert (asked.optimizer.kind, asked.optimizer.learning_rate, asked.optimizer.clip_norm) == ("adam", 1.0, 5.0)
    assert (asked.batch.size, asked.schedule, asked.augmentation.set) == (4, first.schedule, "weak")
    assert recipe.from_table(recipe.to_table(asked), "copy") == asked


def test_a_recipe_may_extend_a_shipped_one(tmp_path: Path) -> None:
    asked = read(tmp_path, 'extends = "paper"\n[network]\nencoder = "resnet18"\nanchors = {levels = [3, 4, 5]}')
    paper = recipe.read("paper").network
    assert asked.network is not None
    assert paper is not None
    assert (asked.network.encoder, asked.network.input_side) == ("resnet18", paper.input_side)
    assert asked.network.anchors == AnchorSpec((3, 4, 5), paper.anchors.base)


def test_recipes_that_extend_nothing_known_or_each_other_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        RecipeError, match=r"own.toml extends 'best', which is neither a file beside it nor one of .*demo"
    ):
        read(tmp_path, 'extends = "best"')
    with pytest.raises(RecipeError, match=r"own.toml extends 'own.toml', which extends it in turn"):
        read(tmp_path, 'extends = "own.toml"')
    (tmp_path / "other.toml").write_text('extends = "own.toml"', encoding="utf-8")
    with pytest.raises(RecipeError, match=r"other.toml extends 'own.toml', which extends it in turn"):
        read(tmp_path, 'extends = "other.toml"')
