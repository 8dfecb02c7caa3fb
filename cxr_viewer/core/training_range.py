"""How the greys of a network's training images were spread, and whether an input lies within that range.

The range travels in the bundle. An input outside it is not withheld: it is said, because a wrong window or polarity, or
another maker's processing, makes every score worthless without any other sign.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 32
"""Bins of the histograms, over the 256 greys of the network's input."""

BAND = (5.0, 50.0, 95.0)
"""Percentiles over the training images of the share of pixels in each bin: lower end, middle and upper end."""

RANKS = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 98.0, 99.0, 99.5, 100.0)
"""Percentiles over the training images that are kept of brightness, contrast and spread."""

UNUSUAL = 99.0
"""An input is unusual when it is beyond this share of the training images in one respect."""

Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TrainingRange:
    """What is kept of the training images; greys are those of the network's input, without its black rim.

    Attributes:
        images: how many were measured.
        low, middle, high: (BINS,) share of an image's pixels in each bin, percentiles of BAND over the images.
        brightness, contrast: mean and standard deviation of the greys in [0, 255], percentiles of RANKS.
        distance: how far a histogram is from ``middle`` (see ``distance_of``), percentiles of RANKS.
    """

    images: int
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]
    brightness: tuple[float, ...]
    contrast: tuple[float, ...]
    distance: tuple[float, ...]

    def __post_init__(self) -> None:
        if {len(self.low), len(self.middle), len(self.high)} != {BINS}:
            raise ValueError(f"a training range has {BINS} bins")
        for table in (self.brightness, self.contrast, self.distance):
            if len(table) != len(RANKS) or any(np.diff(table) < 0):
                raise ValueError(f"a training range has {len(RANKS)} rising ranks")


@dataclass(frozen=True, slots=True)
class RangeVerdict:
    """Whether an input lies within the training range, and what is unusual about it, in words ("" when nothing is)."""

    is_usual: bool
    words: str = ""


def histogram(picture: NDArray[np.uint8]) -> Shares:
    """Return the share of pixels in each bin, (BINS,), of greys of any shape."""
    counts = np.bincount(picture.ravel(), minlength=256).reshape(BINS, -1).sum(axis=1)
    return np.asarray(counts / max(1, picture.size), dtype=np.float64)


def distance_of(shares: Shares, middle: Shares) -> float:
    """Return the earth mover's distance of two histograms in [0, 1]: how far greys have to move, on average."""
    return float(np.abs(np.cumsum(shares) - np.cumsum(middle)).sum() / BINS)


def measure(pictures: Iterable[NDArray[np.uint8]]) -> TrainingRange:
    """Return the range of training images, each the network's input without its black rim.

    Raises:
        ValueError: there are none.
    """
    found = [(histogram(picture), float(picture.mean()), float(picture.std())) for picture in pictures]
    if not found:
        raise ValueError("a training range needs images")
    histograms = np.array([shares for shares, _, _ in found])
    low, middle, high = np.percentile(histograms, BAND, axis=0)
    distances = [distance_of(shares, middle) for shares in histograms]
    return TrainingRange(
        len(found),
        _rounded(low),
        _rounded(middle),
        _rounded(high),
        _ranks([brightness for _, brightness, _ in found]),
        _ranks([contrast for _, _, contrast in found]),
        _ranks(distances),
    )


def judge(picture: NDArray[np.uint8], known: TrainingRange) -> RangeVerdict:
    """Return whether a network's input (without its black rim) is like the training images, and how it differs most."""
    apart = distance_of(histogram(picture), np.array(known.middle))
    brightness, contrast = _rank(float(picture.mean()), known.brightness), _rank(float(picture.std()), known.contrast)
    share, words = max(
        (100 - brightness, "darker than {}"),
        (brightness, "brighter than {}"),
        (100 - contrast, "of less contrast than {}"),
        (contrast, "of more contrast than {}"),
        key=lambda found: found[0],
    )
    if share < UNUSUAL:
        share, words = _rank(apart, known.distance), "greys spread unlike {}"
    if share < UNUSUAL:
        return RangeVerdict(True)
    of = f"all {known.images}" if share >= 100 else f"{min(share, 99.5):.3g} % of the"
    return RangeVerdict(False, words.format(f"{of} training images"))


def pooled(ranges: Iterable[TrainingRange]) -> TrainingRange | None:
    """Return one range for a model that learned from several sets, each of equal weight; None for none."""
    distinct = list(dict.fromkeys(ranges))
    if len(distinct) <= 1:
        return distinct[0] if distinct else None
    middle = np.mean([each.middle for each in distinct], axis=0)
    # No image is further from the new middle than from its own one and that one from the new: nothing usual gets lost.
    moved = [distance_of(np.array(each.middle), middle) for each in distinct]
    distances = [tuple(own + further for own in each.distance) for each, further in zip(distinct, moved, strict=True)]
    return TrainingRange(
        sum(each.images for each in distinct),
        _rounded(np.min([each.low for each in distinct], axis=0)),
        _rounded(middle),
        _rounded(np.max([each.high for each in distinct], axis=0)),
        _ranks(_values([each.brightness for each in distinct])),
        _ranks(_values([each.contrast for each in distinct])),
        _ranks(_values(distances)),
    )


def from_content(content: dict[str, Any]) -> TrainingRange:
    """Return the range of a JSON object, whose lists become tuples; raises TypeError or ValueError."""
    tables = {name: tuple(map(float, table)) for name, table in content.items() if name != "images"}
    return TrainingRange(images=int(content["images"]), **tables)


def _rank(value: float, table: tuple[float, ...]) -> float:
    """Return the share of training images, in percent, whose value is lower."""
    if value > table[-1]:
        return 100.0
    return 0.0 if value < table[0] else float(np.clip(np.interp(value, table, RANKS), 0.25, 99.75))


def _values(tables: list[tuple[float, ...]]) -> list[float]:
    """Return values whose ranks are those of the tables: each table read off at regular ranks."""
    return [float(value) for table in tables for value in np.interp(np.linspace(0, 100, 401), RANKS, table)]


def _ranks(values: list[float]) -> tuple[float, ...]:
    return _rounded(np.percentile(values, RANKS))


def _rounded(values: NDArray[np.floating]) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)
