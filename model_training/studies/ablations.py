"""The paper's ablations (its Table 3, Figures 2 to 4, 7 and 8) as rows that differ in one thing from a base recipe."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from cxr_viewer.detection.network_spec import NetworkSpec
from model_training import recipe as recipes
from model_training.augmentation_sets import PAPER_SETS
from model_training.recipe import Recipe
from model_training.recipe_table import RecipeError
from model_training.studies.benchmark_plan import Scale, with_fewer_statistics
from model_training.studies.row import Row


class Ablation(StrEnum):
    """What is varied."""

    AUGMENTATION = "augmentation"
    MULTITASK = "multitask"
    ENCODERS = "encoders"
    DROPOUT = "dropout"
    LEVELS = "levels"
    NMS = "nms"


_PAPER = "paper"

BASES = {Scale.SMALL: "benchmark-paper", Scale.FULL: _PAPER}
"""Recipe that everything else is held at."""

ROUNDS = 4
"""Passes over the held-out fold in a small fit; full ones validate as their recipe says."""

SMALL_LEARNING_RATE = 4.5e-3
"""Of small fits: the best of the benchmark's three for this recipe (docs/measurements.md)."""

SMALL_ENCODERS = ("mobilenetv3_small_100", "mobilenetv3_small_050", "mobilenetv4_conv_small", "resnet10t")
"""Encoders that two processor cores can try, in place of the paper's."""

DROPOUTS = (0.5, 0.0, 0.25, 0.75)
"""The paper's two best values first and last."""

LEVELS = {
    Scale.SMALL: ((2, 3, 4, 5, 6), (3, 4, 5, 6), (3, 4, 5, 6, 7), (4, 5, 6)),
    Scale.FULL: ((2, 3, 4, 5, 6, 7), (3, 4, 5, 6, 7), (3, 4, 5, 6)),
}
"""Pyramid levels: the base recipe's first, then without the extra output for small anchors."""


@dataclass(frozen=True, slots=True)
class AblationPlan:
    """Which ablation, how large.

    Attributes:
        ablation: what is varied.
        scale: small or full.
        recipe: base recipe by name or file; "" takes the scale's.
        samples: shown in each fit; None leaves the recipe's.
        seeds: fits of each variant, seeds 1, 2, ...
        fold: that is held out.
        encoder_weights: local file with the encoder's pretrained weights, or None.
    """

    ablation: Ablation
    scale: Scale = Scale.SMALL
    recipe: str = ""
    samples: int | None = None
    seeds: int = 1
    fold: int = 0
    encoder_weights: Path | None = None

    @property
    def base(self) -> Recipe:
        """The recipe that the variants differ from; in a small one the held-out fold is looked at ROUNDS times.

        A recipe that was named keeps its own learning rate.
        """
        read = recipes.read(self.recipe or BASES[self.scale]).with_samples(self.samples)
        if self.scale is Scale.FULL:
            return read
        if not self.recipe:
            read = replace(read, optimizer=replace(read.optimizer, learning_rate=SMALL_LEARNING_RATE))
        rounds = replace(read.schedule, round_samples=max(1, -(-read.schedule.samples // ROUNDS)), validate_every=1)
        return with_fewer_statistics(replace(read, schedule=rounds))


def rows(plan: AblationPlan) -> list[Row]:
    """Return the fits of an ablation, the base variant first, seed by seed."""
    made = _VARIANTS[plan.ablation](plan)
    return [
        Row(f"{name}-seed{seed}", name, recipe, plan.fold, seed, encoder_weights=plan.encoder_weights)
        for name, recipe in made.items()
        for seed in range(1, plan.seeds + 1)
    ]


def _network(recipe: Recipe) -> NetworkSpec:
    if recipe.network is None:
        raise RecipeError(f"The recipe '{recipe.name}' names no network; an ablation needs one that does.")
    return recipe.network


def _augmentations(plan: AblationPlan) -> dict[str, Recipe]:
    base = plan.base
    return {
        name: replace(base, augmentation=replace(base.augmentation, set=name, box_rule=None)) for name in PAPER_SETS
    }


def _multitask(plan: AblationPlan) -> dict[str, Recipe]:
    base = plan.base
    network = replace(_network(base), global_head="none")
    return {
        "with-global-head": base,
        "regression-only": replace(base, network=network, loss=replace(base.loss, global_weight=0.0)),
        "classification-0.1": replace(base, loss=replace(base.loss, classification_weight=0.1, global_weight=0.0)),
    }


def _encoders(plan: AblationPlan) -> dict[str, Recipe]:
    if plan.scale is Scale.FULL:
        return {name: recipes.read(name).with_samples(plan.samples) for name in encoder_recipes()}
    base = plan.base
    return {name: replace(base, network=replace(_network(base), encoder=name)) for name in SMALL_ENCODERS}


def encoder_recipes() -> tuple[str, ...]:
    """Return the shipped recipes of the paper's encoders (its section 4.3), the paper's own first."""
    own = _network(recipes.read(_PAPER)).encoder
    others = (name for name in recipes.shipped() if name.startswith(f"{_PAPER}-"))
    return (_PAPER, *(name for name in others if _network(recipes.read(name)).encoder != own))


def _dropouts(plan: AblationPlan) -> dict[str, Recipe]:
    base = plan.base
    return {f"dropout-{value:g}": replace(base, network=replace(_network(base), dropout=value)) for value in DROPOUTS}


def _levels(plan: AblationPlan) -> dict[str, Recipe]:
    base, network = plan.base, _network(plan.base)
    return {
        f"P{levels[0]}-P{levels[-1]}": replace(
            base, network=replace(network, anchors=replace(network.anchors, levels=levels))
        )
        for levels in LEVELS[plan.scale]
    }


def _one(plan: AblationPlan) -> dict[str, Recipe]:
    return {"base": plan.base}


_VARIANTS: dict[Ablation, Callable[[AblationPlan], dict[str, Recipe]]] = {
    Ablation.AUGMENTATION: _augmentations,
    Ablation.MULTITASK: _multitask,
    Ablation.ENCODERS: _encoders,
    Ablation.DROPOUT: _dropouts,
    Ablation.LEVELS: _levels,
    Ablation.NMS: _one,
}
