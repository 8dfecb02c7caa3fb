"""One row of a study: a fit that is asked for, or an ensemble of fits, and the data that all rows share."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from model_training import recipe as recipes
from model_training.recipe import Recipe

FOLD_SEED = 42
"""By which persons are dealt into folds, in every study."""


class Detector(StrEnum):
    """Whose detector a row fits."""

    OWN = "own"
    TORCHVISION = "torchvision"


@dataclass(frozen=True, slots=True)
class Row:
    """One fit and its measurement.

    Attributes:
        name: of its folder and its files; unique in the study.
        group: what is compared ("strong"); rows of a group differ in what is tried, and the tuning set chooses.
        recipe: configuration, with its length and learning rate.
        fold: which fold is left out, or None.
        seed: of start, order, changes and dropout.
        detector: whose.
        encoder_weights: local file with the encoder's pretrained weights, or None.
    """

    name: str
    group: str
    recipe: Recipe
    fold: int | None = 0
    seed: int = 1
    detector: Detector = Detector.OWN
    encoder_weights: Path | None = None

    def content(self) -> dict[str, Any]:
        """Return the row as plain values."""
        return {
            "name": self.name,
            "group": self.group,
            "recipe": recipes.to_table(self.recipe),
            "fold": self.fold,
            "seed": self.seed,
            "detector": str(self.detector),
        }


@dataclass(frozen=True, slots=True)
class StudyData:
    """What all rows of a study share.

    Attributes:
        out: folder of the study.
        learned: folders of prepared datasets that are learned from.
        tuning: those that fix thresholds; empty: one half of the persons of the fold that is left out.
        tests: name and folder of the sets that figures are measured on; empty: the other half.
        accelerator: Lightning's; "cpu", "gpu" or "auto".
        threads: processor threads of one row.
    """

    out: Path
    learned: tuple[Path, ...]
    tuning: tuple[Path, ...] = ()
    tests: tuple[tuple[str, Path], ...] = ()
    accelerator: str = "auto"
    threads: int = 1

    def run_folder(self, row: Row) -> Path:
        """Return where a row is fitted."""
        return self.out / "runs" / row.name
