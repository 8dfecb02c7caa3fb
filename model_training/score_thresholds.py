"""The metric over score thresholds: the best one, and an honest figure when it is chosen on the same data.

Whatever is chosen on data looks too good on them. The honest figure is cross-fitted: persons are dealt into two halves,
each half chooses, and its choice is scored on the other half.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model_training import metric
from model_training.curves import Floats
from model_training.dataset_detections import Found

SCORE_GRID = tuple(round(float(score), 4) for score in (*np.arange(0.03, 0.2, 0.01), *np.arange(0.2, 0.9, 0.0125)))
"""Score thresholds that are tried."""


def score_table(found: Found, grid: Sequence[float] = SCORE_GRID) -> Floats:
    """Return the metric of every image (rows) at every score threshold (columns); nan where an image is left out."""
    table = np.full((len(found.boxes), len(grid)), np.nan)
    for image, (boxes, scores, truths) in enumerate(zip(found.boxes, found.scores, found.truths, strict=True)):
        kept = [int((scores >= np.float32(score)).sum()) for score in grid]
        by_count = {count: metric.image_score(boxes[:count], truths) for count in set(kept)}
        table[image] = [np.nan if (score := by_count[count]) is None else score for count in kept]
    return table


def weighted_mean(table: Floats, weights: Floats | None = None) -> Floats:
    """Return the weighted mean over images without nan, per column; 0 where nothing is left."""
    weight = np.ones(len(table))[:, None] if weights is None else weights[:, None]
    counted = np.where(np.isnan(table), 0.0, weight * np.ones_like(table))
    return np.asarray((np.nan_to_num(table) * counted).sum(axis=0) / np.maximum(counted.sum(axis=0), 1e-12))


def best_threshold(found: Found, grid: Sequence[float] = SCORE_GRID) -> tuple[float, float]:
    """Return the score threshold with the highest mean precision, and that precision."""
    means = weighted_mean(score_table(found, grid))
    best = int(np.argmax(means))
    return grid[best], float(means[best])


def first_half(persons: NDArray[np.int64], seed: int = 1) -> NDArray[np.bool_]:
    """Return which images belong to the first half of the persons, (I,); of an odd number the second half has more."""
    names = np.unique(persons)
    return np.isin(persons, np.random.default_rng(seed).permutation(names)[: len(names) // 2])


def cross_fit(tables: Sequence[Floats], persons: NDArray[np.int64], seed: int = 1) -> Floats:
    """Return each image's score at the table and column that the other half of the persons does best with, (I,).

    Args:
        tables: one per setting, each (I, thresholds) as ``score_table`` gives it; nan where an image is left out.
        persons: (I,).
        seed: of the halves.

    Returns:
        (I,); all nan where there is one person only.
    """
    first = first_half(persons, seed)
    chosen = np.full(len(persons), np.nan)
    if not first.any():
        return chosen
    for part in (first, ~first):
        means = [weighted_mean(table[~part]) for table in tables]
        best = int(np.argmax([own.max() for own in means]))
        chosen[part] = tables[best][part, int(np.argmax(means[best]))]
    return chosen


def cross_fitted(found: Found, seed: int = 1, grid: Sequence[float] = SCORE_GRID) -> float:
    """Return the metric with thresholds chosen on one half of the persons and scored on the other, both ways."""
    chosen = cross_fit([score_table(found, grid)], found.persons, seed)
    return float("nan") if np.isnan(chosen).all() else float(weighted_mean(chosen[:, None])[0])
