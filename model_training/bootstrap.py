"""95 % intervals that resample persons: images of one person are no independent evidence."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_training.curves import Floats

RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def interval(persons: NDArray[np.int64], figure: Callable[[Floats], float], seed: int = 1) -> Interval:
    """Return a figure of weights (I,) of images, at one each, with its interval; see ``percentiles``."""
    return Interval(figure(np.ones(len(persons))), *percentiles(persons, figure, seed))


def percentiles(persons: NDArray[np.int64], figure: Callable[[Floats], float], seed: int = 1) -> tuple[float, float]:
    """Return the 2.5 and 97.5 percentile of a figure over resamples of persons.

    Args:
        persons: (I,) number of the person of each image.
        figure: of weights (I,) of images.
        seed: of the resamples.
    """
    return middle(np.array([figure(weights) for weights in resamples(persons, seed)]))


def resamples(persons: NDArray[np.int64], seed: int = 1) -> Iterator[Floats]:
    """Yield the weights (I,) of images under each resample of persons; nothing where there is one person only."""
    random = np.random.default_rng(seed)
    count = int(persons.max(initial=-1)) + 1
    for _ in range(RESAMPLES if count > 1 else 0):
        drawn = np.bincount(random.integers(count, size=count), minlength=count).astype(np.float64)
        yield drawn[persons]


def middle(values: Floats) -> tuple[float, float]:
    """Return the 2.5 and 97.5 percentile of the values that are numbers; nan where none is."""
    kept = values[~np.isnan(values)]
    if not len(kept):
        return float("nan"), float("nan")
    low, high = np.percentile(kept, [2.5, 97.5])
    return float(low), float(high)
