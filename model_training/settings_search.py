"""The search for settings: overlap, relative suppression and box size, with the score threshold chosen anew for each.

It is a search along coordinates: from the defaults of the 2018 recipe one setting after the other is tried over its
grid. What is best on the data is not what is better: a value that is not the default is taken only when its gain is
more than chance. The gain is measured on persons who did not choose it (each half of the persons chooses value and
threshold, the other half scores them), as a paired difference, and counts when its 95 % bootstrap over persons lies
above zero. So the simplest settings within noise win.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core.candidates import SelectionRules, Thresholds
from model_training.bootstrap import Interval, interval
from model_training.curves import Floats
from model_training.held_out_predictions import Predicted
from model_training.prediction import DEFAULT_OVERLAP, DEFAULT_RULES, UNTUNED_SCORE
from model_training.score_thresholds import SCORE_GRID, cross_fit, first_half, score_table, weighted_mean

OVERLAP, RELATIVE, EXTENT = "overlap", "relative", "extent"
"""Coordinates of the search, in its order; the extent is size or scale, never both."""

OVERLAPS = (0.05, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
"""IoU of NMS."""

RELATIVES = (0.5, 0.0, 0.25, 0.75)
"""Share of the best box's score below which a box is dropped; 0 keeps all."""

SIZES = (0.0, 0.3, 0.6, 0.9, 1.2, 1.6)
"""Percentile shrink s; the mean size is the default. 0.9 and 1.6 are the code's and the paper's values."""

SCALES = (0.95, 0.9, 0.875, 0.85, 0.83, 0.8)
"""Factor of width and height; 1 is the default. 0.875 and 0.83 are the 1st and 3rd place's values."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What stands beside the score threshold. Size and scale are two ways to one end: one of them at most."""

    overlap: float = DEFAULT_OVERLAP
    relative: float = DEFAULT_RULES.relative
    size: float | None = None
    scale: float = DEFAULT_RULES.scale

    def __post_init__(self) -> None:
        if self.size is not None and self.scale != 1:
            raise ValueError("Size and scale both shrink boxes; choose one of them.")

    def thresholds(self, score: float = UNTUNED_SCORE) -> Thresholds:
        """Return the sliders' part."""
        return Thresholds(score, self.overlap, self.size)

    @property
    def rules(self) -> SelectionRules:
        """The bundle's part."""
        return SelectionRules(self.relative, self.scale)


class Tables:
    """The metric of every image (rows) at every score threshold (columns), made once per settings."""

    def __init__(self, predicted: Predicted) -> None:
        self._predicted = predicted
        self._made: dict[Settings, Floats] = {}
        found = predicted.found(Settings().thresholds(), Settings().rules)
        self.persons: NDArray[np.int64] = found.persons
        """(I,)"""

    @property
    def members(self) -> int:
        """Members behind each image."""
        return self._predicted.members

    def of(self, settings: Settings) -> Floats:
        """Return the table (I, thresholds) of ``SCORE_GRID``."""
        if settings not in self._made:
            self._made[settings] = score_table(self._predicted.found(settings.thresholds(), settings.rules))
        return self._made[settings]


@dataclass(frozen=True, slots=True)
class Tried:
    """One value of a grid with its best score threshold on the choosing data: optimistic."""

    settings: Settings
    score: float
    mean_precision: float


@dataclass(frozen=True, slots=True)
class Step:
    """One coordinate of the search.

    Attributes:
        name: of the coordinate.
        tried: every value, the one in force first.
        best: the best of them on the choosing data.
        gain: cross-fitted gain over the value in force.
        chosen: what is in force from here.
    """

    name: str
    tried: tuple[Tried, ...]
    best: Settings
    gain: Interval
    chosen: Settings

    @property
    def best_text(self) -> str:
        """The best value in words."""
        if self.name != EXTENT:
            return f"best at {getattr(self.best, self.name):g}"
        if self.best.size is not None:
            return f"best at size {self.best.size:g}"
        return f"best at scale {self.best.scale:g}"


def overlaps(settings: Settings) -> list[Settings]:
    """Return the settings with other overlaps."""
    return [replace(settings, overlap=value) for value in OVERLAPS]


def relatives(settings: Settings) -> list[Settings]:
    """Return the settings with other relative suppressions."""
    return [replace(settings, relative=value) for value in RELATIVES]


def extents(settings: Settings, members: int) -> list[Settings]:
    """Return the settings with other sizes or scales; one member has no spread, so that its size does not change."""
    sizes = [replace(settings, size=value, scale=1.0) for value in SIZES] if members > 1 else []
    return [*sizes, *(replace(settings, size=None, scale=value) for value in SCALES)]


def step(name: str, tables: Tables, rows: NDArray[np.bool_], now: Settings, others: Sequence[Settings]) -> Step:
    """Try values of one coordinate on some images (``rows``, (I,)) and keep the value in force unless one is better."""
    options = [now, *(other for other in others if other != now)]
    own = [tables.of(settings)[rows] for settings in options]
    tried = tuple(_tried(settings, table) for settings, table in zip(options, own, strict=True))
    best = options[int(np.argmax([one.mean_precision for one in tried]))]
    persons = _renumbered(tables.persons[rows])
    chance = paired_gain(persons, cross_fit(own, persons), cross_fit(own[:1], persons))
    return Step(name, tried, best, chance, best if chance.low > 0 else now)


def search(tables: Tables, rows: NDArray[np.bool_], with_extent: bool) -> tuple[Step, ...]:
    """Search along the coordinates overlap, relative suppression and, where asked for, extent (size or scale).

    Args:
        tables: of the images.
        rows: (I,) images that choose.
        with_extent: whether these images choose the extent too.
    """
    first = step(OVERLAP, tables, rows, Settings(), overlaps(Settings()))
    second = step(RELATIVE, tables, rows, first.chosen, relatives(first.chosen))
    if not with_extent:
        return first, second
    options = extents(second.chosen, tables.members)
    return first, second, step(EXTENT, tables, rows, second.chosen, options)


def cross_fitted_search(tables: Tables, with_extent: bool) -> Floats:
    """Return each image's score under the settings and threshold that the other half of the persons chose, (I,)."""
    first = first_half(tables.persons)
    scores = np.full(len(tables.persons), np.nan)
    if not first.any():
        return scores
    for part in (first, ~first):
        table = tables.of(search(tables, ~part, with_extent)[-1].chosen)
        scores[part] = table[part, int(np.argmax(weighted_mean(table[~part])))]
    return scores


def best_score(table: Floats) -> tuple[float, float]:
    """Return the score threshold with the highest mean precision of a table, and that precision."""
    means = weighted_mean(table)
    best = int(np.argmax(means))
    return SCORE_GRID[best], float(means[best])


def paired_gain(persons: NDArray[np.int64], scores: Floats, reference: Floats) -> Interval:
    """Return the difference of two mean precisions over the same images, each (I,), with its interval."""
    return interval(
        persons,
        lambda weights: float(
            weighted_mean(scores[:, None], weights)[0] - weighted_mean(reference[:, None], weights)[0]
        ),
    )


def _tried(settings: Settings, table: Floats) -> Tried:
    return Tried(settings, *best_score(table))


def _renumbered(persons: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.unique(persons, return_inverse=True)[1].astype(np.int64)
