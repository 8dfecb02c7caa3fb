"""The phantom benchmark's fixed numbers: seeds, counts, recipes, learning rates. Changed, it is another one."""

from dataclasses import dataclass, replace
from enum import StrEnum

from model_training import recipe as recipes
from model_training.folds import FOLD_COUNT
from model_training.recipe import Recipe
from model_training.studies.row import Detector, Row

FIT_SEED = 1
OPACITY_SHARE = 0.45
"""Of the phantoms that are learned from; tuning and test have the shares of the RSNA labels."""


@dataclass(frozen=True, slots=True)
class PhantomSet:
    """One set of phantoms: the same name and seed are the same images."""

    name: str
    seed: int
    count: int


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One size of the benchmark.

    Attributes:
        phantom_side: rows and columns of the phantoms.
        side: of the network's input.
        train, tuning, test: the phantoms.
        samples: shown in each fit.
        rates: learning rates that each recipe tries.
        encoder, channels, width: of every row's network; "" and 0 leave the recipes' (small) ones.
        batch: images per step; 0 leaves the recipes'.
    """

    phantom_side: int
    side: int
    train: PhantomSet
    tuning: PhantomSet
    test: PhantomSet
    samples: int
    rates: tuple[float, ...]
    encoder: str = ""
    channels: int = 0
    width: int = 0
    batch: int = 0

    def shortened(self, samples: int | None, phantoms: int | None) -> "Benchmark":
        """Return the benchmark with other numbers: phantoms to learn from; a sixth of it tunes, a third tests."""
        changed = self if samples is None else replace(self, samples=samples)
        if phantoms is None:
            return changed
        return replace(
            changed,
            train=replace(self.train, count=phantoms),
            tuning=replace(self.tuning, count=max(1, phantoms // 6)),
            test=replace(self.test, count=max(1, phantoms // 3)),
        )


class Scale(StrEnum):
    """Which size of the benchmark."""

    SMALL = "small"
    """256 pixels, a small encoder: under an hour on two processor cores."""
    FULL = "full"
    """512 pixels, the paper's encoder: for a GPU."""


BENCHMARKS = {
    Scale.SMALL: Benchmark(
        phantom_side=320,
        side=256,
        train=PhantomSet("train", 101, 3000),
        tuning=PhantomSet("tuning", 102, 500),
        test=PhantomSet("test", 103, 1000),
        samples=6400,
        rates=(5e-4, 1.5e-3, 4.5e-3),
    ),
    Scale.FULL: Benchmark(
        phantom_side=1024,
        side=512,
        train=PhantomSet("train", 101, 12000),
        tuning=PhantomSet("tuning", 102, 1000),
        test=PhantomSet("test", 103, 2000),
        samples=60000,
        rates=(1e-4, 3e-4, 1e-3),
        encoder="legacy_seresnext101_32x4d",
        channels=3,
        width=256,
        batch=16,
    ),
}

TORCHVISION, PAPER, STRONG = "torchvision", "paper", "strong"
OWN = (PAPER, STRONG)
"""Recipes whose members make the ensemble."""

WORDS = {
    TORCHVISION: "torchvision's RetinaNet rules",
    PAPER: "`paper`, adapted to training from scratch",
    STRONG: "`strong`",
}


def first_rows(benchmark: Benchmark) -> list[Row]:
    """Return the fits of fold 0: every recipe at every learning rate."""
    return [_row(benchmark, group, rate, 0) for group in WORDS for rate in benchmark.rates]


def fold_rows(benchmark: Benchmark, group: str, rate: float) -> list[Row]:
    """Return the fits of all folds of one recipe at the rate that was chosen; fold 0's is the one of ``first_rows``."""
    return [_row(benchmark, group, rate, fold) for fold in range(FOLD_COUNT)]


def _row(benchmark: Benchmark, group: str, rate: float, fold: int) -> Row:
    detector = Detector.TORCHVISION if group == TORCHVISION else Detector.OWN
    name = f"{group}-{rate:g}-fold{fold}"
    return Row(name, group, _recipe(benchmark, group, rate), fold, FIT_SEED + fold, detector)


def _recipe(benchmark: Benchmark, group: str, rate: float) -> Recipe:
    read = recipes.read(f"benchmark-{group}").with_samples(benchmark.samples)
    assert read.network is not None
    anchors = read.network.anchors
    if benchmark.encoder and group == PAPER:
        anchors = replace(anchors, levels=(2, 3, 4, 5, 6, 7))  # at 512 pixels the paper's own
    network = replace(
        read.network,
        input_side=benchmark.side,
        encoder=benchmark.encoder or read.network.encoder,
        input_channels=benchmark.channels or read.network.input_channels,
        pyramid_width=benchmark.width or read.network.pyramid_width,
        anchors=anchors,
    )
    batch = replace(read.batch, size=benchmark.batch or read.batch.size)
    optimizer = replace(read.optimizer, learning_rate=rate)
    return with_fewer_statistics(replace(read, network=network, batch=batch, optimizer=optimizer))


def with_fewer_statistics(recipe: Recipe) -> Recipe:
    """Return a recipe whose batch normalisation is not estimated anew on more images than an eighth of a short fit."""
    most = max(recipe.batch.size, recipe.schedule.samples // 8)
    return replace(recipe, batch=replace(recipe.batch, batch_norm_samples=min(recipe.batch.batch_norm_samples, most)))
