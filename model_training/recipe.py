"""Recipe: one configuration of a fit, a frozen dataclass read from a TOML file."""

import dataclasses
import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from cxr_viewer.detection.network_spec import NetworkSpec
from model_training.augmentation import AugmentationRules
from model_training.averaging import AveragingRules
from model_training.losses import LossRules
from model_training.recipe_table import RecipeError, build, merged
from model_training.targets import AssignmentRules


class ScheduleKind(StrEnum):
    """How the learning rate runs."""

    ONE_CYCLE = "one-cycle"
    PLATEAU = "plateau"
    CONSTANT = "constant"


@dataclass(frozen=True, slots=True)
class StartRules:
    """What the network starts from, when no parent bundle is given.

    Attributes:
        pretrained: the encoder starts from ImageNet weights (timm's, or a file given on the command line).
        freeze_batch_norm: running statistics of batch normalisation stay fixed.
    """

    pretrained: bool = False
    freeze_batch_norm: bool = False


@dataclass(frozen=True, slots=True)
class OptimizerRules:
    """Optimiser.

    Attributes:
        kind: Adam, or Adam with decoupled weight decay (on matrices and kernels only).
        learning_rate: highest learning rate.
        weight_decay: of AdamW.
        clip_norm: largest global norm of the gradient.
    """

    kind: Literal["adam", "adamw"]
    learning_rate: float
    clip_norm: float
    weight_decay: float = 0.0


@dataclass(frozen=True, slots=True)
class ScheduleRules:
    """Length of a fit and the learning rate over it. A round is what lies between two checkpoints.

    Attributes:
        kind: see ScheduleKind.
        samples: images shown in all.
        round_samples: images between two checkpoints; a killed fit repeats less than one round.
        validate_every: rounds between two passes over the validation fold; 0 for none.
        warm_up: share of the run in which one-cycle climbs.
        start_divisor, end_divisor: one-cycle starts at rate / start and ends at rate / start / end.
        patience, factor: of the plateau, counted in validations.
        watched: which validation loss the plateau watches.
        keep: the weights of so many last rounds are kept as members; the last of them is the run's own.
    """

    kind: ScheduleKind
    samples: int
    round_samples: int = 2000
    validate_every: int = 0
    warm_up: float = 0.15
    start_divisor: float = 20.0
    end_divisor: float = 200.0
    patience: int = 4
    factor: float = 0.2
    watched: Literal["regression", "total"] = "regression"
    keep: int = 1

    def __post_init__(self) -> None:
        if self.keep < 1:
            raise ValueError(f"A run keeps the weights of its last round at least; keep is {self.keep}.")


@dataclass(frozen=True, slots=True)
class SamplingRules:
    """Which examples are shown.

    Attributes:
        positive_share: share of examples with boxes; 0 shows every example equally often.
        correction_share: share of corrections where other data are learned beside them, so that the network does not
            forget them; 0 shows every example equally often.
    """

    positive_share: float = 0.0
    correction_share: float = 0.0


@dataclass(frozen=True, slots=True)
class BatchRules:
    """Batches and how they are computed.

    Attributes:
        size: images per step; several processes share them.
        precision: of the forward pass; losses are always fp32.
        batch_norm_samples: after the last step, batch normalisation is estimated anew on so many images; 0 for none.
        compile: have torch compile the network, on GPUs.
    """

    size: int
    precision: Literal["fp32", "bf16"] = "fp32"
    batch_norm_samples: int = 0
    compile: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """One configuration of a fit. ``network`` is None where the parent bundle decides."""

    name: str
    description: str
    optimizer: OptimizerRules
    schedule: ScheduleRules
    batch: BatchRules
    network: NetworkSpec | None = None
    start: StartRules = field(default_factory=StartRules)
    loss: LossRules = field(default_factory=LossRules)
    assignment: AssignmentRules = field(default_factory=AssignmentRules)
    augmentation: AugmentationRules = field(default_factory=AugmentationRules)
    sampling: SamplingRules = field(default_factory=SamplingRules)
    averaging: AveragingRules = field(default_factory=AveragingRules)

    @property
    def steps(self) -> int:
        """Optimiser steps of a whole run."""
        return max(1, self.schedule.samples // self.batch.size)

    @property
    def round_steps(self) -> int:
        """Steps between two checkpoints."""
        return max(1, self.schedule.round_samples // self.batch.size)

    @property
    def rounds(self) -> int:
        """Rounds of a whole run; the last one may be shorter."""
        return -(-self.steps // self.round_steps)

    def with_samples(self, samples: int | None) -> "Recipe":
        """Return the recipe with another length, or itself for None."""
        if samples is None:
            return self
        return dataclasses.replace(self, schedule=dataclasses.replace(self.schedule, samples=samples))


def shipped() -> dict[str, Path]:
    """Return the recipes that come with the package, by name."""
    folder = Path(str(resources.files("model_training"))) / "recipes"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def read(name_or_path: str) -> Recipe:
    """Return a shipped recipe by name, or the one in a TOML file.

    The key ``extends`` names another recipe (a shipped one, or a file from the folder of this one): what is not said
    here is taken from there, tables key by key.

    Raises:
        RecipeError: no such recipe, no TOML, an unknown or missing key, a value of the wrong type, recipes that extend
            each other in a circle.
    """
    path = shipped().get(name_or_path, Path(name_or_path))
    if not path.is_file():
        known = ", ".join(shipped())
        raise RecipeError(f"There is no recipe '{name_or_path}': give a file, or one of {known}.")
    return from_table(_whole_table(path, ()), str(path))


def _whole_table(path: Path, below: tuple[Path, ...]) -> dict[str, Any]:
    """Return a file's table over that of the recipe it extends; ``below`` are the files that extend this one."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"The recipe {path} is no valid TOML: {error}.") from error
    if "extends" not in table:
        return table
    name = str(table.pop("extends"))
    parent = shipped().get(name, path.parent / name)
    if not parent.is_file():
        raise RecipeError(
            f"The recipe {path} extends '{name}', which is neither a file beside it nor one of {', '.join(shipped())}."
        )
    if parent.resolve() in (path.resolve(), *below):
        raise RecipeError(
            f"The recipe {path} extends '{name}', which extends it in turn; one of them must stand alone."
        )
    return merged(_whole_table(parent, (path.resolve(), *below)), table)


def from_table(table: dict[str, Any], origin: str) -> Recipe:
    """Return the recipe of a parsed TOML table; ``origin`` names it in errors (RecipeError)."""
    return build(Recipe, table, origin)


def to_table(recipe: Recipe) -> dict[str, Any]:
    """Return plain values from which ``from_table`` makes the same recipe."""
    table: dict[str, Any] = dataclasses.asdict(recipe, dict_factory=_without_none)
    return table


def _without_none(items: list[tuple[str, Any]]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in items if value is not None}
