"""What an ensemble is worth on a dataset: the RSNA metric, FROC, image AUC, with intervals that resample persons.

Detections pass ``core.suppression.select``, the function behind the viewer's sliders.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core import geometry, suppression
from cxr_viewer.core.candidates import SCORE_FLOOR, Candidates, SelectionRules, Thresholds
from model_training import curves, metric
from model_training.curves import Floats
from model_training.dataset import Dataset
from model_training.example import ImageClass
from model_training.prediction import RunnableEnsemble

SCORE_GRID = tuple(round(score, 4) for score in (*np.arange(0.03, 0.2, 0.01), *np.arange(0.2, 0.9, 0.0125)))
"""Score thresholds that are tried."""

FALSE_POSITIVES_PER_IMAGE = (0.25, 0.5, 1.0)
RESAMPLES = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Detections of a dataset at the lowest score, and what is true.

    Attributes:
        boxes, scores: per image (P, 4) and (P,), best score first, native pixels.
        truths: per image (G, 4).
        persons: (I,) int64, number of the person of each image.
        opacity_probability: (I,) of the global head, or None without one.
        is_positive: (I,) whether the image shows an opacity.
    """

    boxes: tuple[geometry.Boxes, ...]
    scores: tuple[NDArray[np.float32], ...]
    truths: tuple[geometry.Boxes, ...]
    persons: NDArray[np.int64]
    opacity_probability: Floats | None
    is_positive: NDArray[np.bool_]

    @property
    def top_scores(self) -> Floats:
        """Best score of each image, 0 without a detection; (I,)."""
        return np.array([float(own[0]) if len(own) else 0.0 for own in self.scores])


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Figures of one ensemble on one dataset.

    Attributes:
        ensemble, dataset: names.
        images, positives, boxes, persons: counts.
        score: the score threshold in force for ``mean_precision``.
        score_origin: where that threshold comes from, in words.
        mean_precision: the RSNA metric at that threshold.
        cross_mean_precision: the metric with the threshold chosen on one half of the persons and scored on the other.
        best_score, best_mean_precision: the best threshold on this very dataset: optimistic.
        sensitivity: at false boxes per image.
        image_auc: of the best box score; ``opacity_auc`` of the global head, or None.
        froc: the curve.
    """

    ensemble: str
    dataset: str
    images: int
    positives: int
    boxes: int
    persons: int
    score: float
    score_origin: str
    mean_precision: Interval
    cross_mean_precision: float
    best_score: float
    best_mean_precision: float
    sensitivity: dict[float, Interval]
    image_auc: Interval
    opacity_auc: Interval | None
    froc: curves.Froc

    def text(self) -> str:
        """Return the figures as plain lines."""
        lines = [
            f"{self.ensemble} on {self.dataset}",
            f"  {self.images} images of {self.persons} persons, {self.positives} with opacities, {self.boxes} boxes",
            f"  mean precision (IoU 0.40 to 0.75) at score {self.score:.3f} ({self.score_origin}): "
            f"{self.mean_precision}",
            f"  the same, threshold from the other half of the persons: {self.cross_mean_precision:.3f}",
            f"  best on this very dataset: {self.best_mean_precision:.3f} at score {self.best_score:.3f}",
        ]
        lines += [
            f"  sensitivity at {rate:g} false boxes per image (IoU > {curves.FROC_IOU:g}): {interval}"
            for rate, interval in self.sensitivity.items()
        ]
        lines.append(f"  image AUC of the best box: {self.image_auc}")
        if self.opacity_auc is not None:
            lines.append(f"  image AUC of the global head: {self.opacity_auc}")
        return "\n".join([*lines, "  brackets: 95 % bootstrap over persons"])

    def figures(self) -> dict[str, float]:
        """Return the figures that a bundle carries, by name."""
        values = {
            "mean_precision": self.mean_precision.value,
            "mean_precision_low": self.mean_precision.low,
            "mean_precision_high": self.mean_precision.high,
            "mean_precision_cross": self.cross_mean_precision,
            "image_auc": self.image_auc.value,
        }
        for rate, interval in self.sensitivity.items():
            values[f"sensitivity_at_{rate:g}_fp"] = interval.value
        if self.opacity_auc is not None:
            values["opacity_auc"] = self.opacity_auc.value
        return {name: round(value, 4) for name, value in values.items()}


def collect_candidates(
    ensemble: RunnableEnsemble, dataset: Dataset, on_progress: Callable[[int, int], None] | None = None
) -> list[Candidates]:
    """Return the candidates of every image; ``on_progress`` is told (done, of)."""
    found = []
    for index in range(len(dataset)):
        found.append(ensemble.candidates(dataset, index))
        if on_progress is not None:
            on_progress(index + 1, len(dataset))
    return found


def select_all(
    candidates: Sequence[Candidates], dataset: Dataset, thresholds: Thresholds, rules: SelectionRules
) -> Found:
    """Return the detections of a dataset above the score floor, under the overlap, size and rules in force.

    Greedy NMS and relative suppression depend on better boxes only, so that a higher score threshold keeps a prefix of
    each list: one selection serves all thresholds.
    """
    floor = Thresholds(SCORE_FLOOR, thresholds.overlap, thresholds.size)
    detections = [suppression.select(own, floor, rules) for own in candidates]
    _, persons = np.unique([example.person for example in dataset.examples], return_inverse=True)
    opacity = [own.opacity_probability for own in candidates]
    return Found(
        boxes=tuple(own.boxes for own in detections),
        scores=tuple(own.scores for own in detections),
        truths=tuple(example.boxes for example in dataset.examples),
        persons=persons.astype(np.int64),
        opacity_probability=None if None in opacity else np.array(opacity, dtype=np.float64),
        is_positive=np.array([example.image_class is ImageClass.OPACITY for example in dataset.examples]),
    )


def score_table(found: Found, grid: Sequence[float] = SCORE_GRID) -> Floats:
    """Return the metric of every image (rows) at every score threshold (columns); nan where an image is left out."""
    table = np.full((len(found.boxes), len(grid)), np.nan)
    for image, (boxes, scores, truths) in enumerate(zip(found.boxes, found.scores, found.truths, strict=True)):
        kept = [int((scores >= np.float32(score)).sum()) for score in grid]
        by_count = {count: metric.image_score(boxes[:count], truths) for count in set(kept)}
        table[image] = [np.nan if (score := by_count[count]) is None else score for count in kept]
    return table


def _mean(table: Floats, weights: Floats | None = None) -> Floats:
    """Return the weighted mean over images without nan, per column; 0 where nothing is left."""
    weight = np.ones(len(table))[:, None] if weights is None else weights[:, None]
    counted = np.where(np.isnan(table), 0.0, weight * np.ones_like(table))
    return np.asarray((np.nan_to_num(table) * counted).sum(axis=0) / np.maximum(counted.sum(axis=0), 1e-12))


def best_threshold(found: Found, grid: Sequence[float] = SCORE_GRID) -> tuple[float, float]:
    """Return the score threshold with the highest mean precision, and that precision."""
    means = _mean(score_table(found, grid))
    best = int(np.argmax(means))
    return grid[best], float(means[best])


def cross_fitted(found: Found, seed: int = 1, grid: Sequence[float] = SCORE_GRID) -> float:
    """Return the metric with thresholds chosen on one half of the persons and scored on the other, both ways."""
    persons = np.unique(found.persons)
    first = np.isin(found.persons, np.random.default_rng(seed).permutation(persons)[: len(persons) // 2])
    table = score_table(found, grid)
    if not first.any() or first.all():
        return float("nan")
    chosen = np.empty((len(table), 1))
    for part in (first, ~first):
        chosen[part, 0] = table[part][:, int(np.argmax(_mean(table[~part])))]
    return float(_mean(chosen)[0])


def bootstrap(persons: NDArray[np.int64], figure: Callable[[Floats], float], seed: int = 1) -> tuple[float, float]:
    """Return the 2.5 and 97.5 percentile of a figure over resamples of persons.

    Args:
        persons: (I,) number of the person of each image.
        figure: of weights (I,) of images.
        seed: of the resamples.
    """
    random = np.random.default_rng(seed)
    count = int(persons.max(initial=-1)) + 1
    values = []
    for _ in range(RESAMPLES if count > 1 else 0):
        drawn = np.bincount(random.integers(count, size=count), minlength=count).astype(np.float64)
        values.append(figure(drawn[persons]))
    kept = np.array([value for value in values if not np.isnan(value)])
    if not len(kept):
        return float("nan"), float("nan")
    low, high = np.percentile(kept, [2.5, 97.5])
    return float(low), float(high)


def evaluate(
    name: str, dataset_name: str, found: Found, score: float | None = None, score_origin: str = "given"
) -> Evaluation:
    """Return all figures.

    Args:
        name, dataset_name: for the report.
        found: detections of the dataset.
        score: the score threshold in force; None takes the best one of this very dataset and says so.
        score_origin: where it comes from, in words.
    """
    best, best_precision = best_threshold(found)
    if score is None:
        score, score_origin = best, "the best on this very dataset"
    at_score = score_table(found, [score])
    marked = curves.mark(found.boxes, found.scores, found.truths)
    curve = curves.froc(marked)

    def interval(figure: Callable[[Floats], float]) -> Interval:
        return Interval(figure(np.ones(len(found.boxes))), *bootstrap(found.persons, figure))

    def sensitivity(rate: float) -> Interval:
        return interval(lambda weights: curves.froc(marked, weights).sensitivity_at(rate))

    def auc(scores: Floats) -> Interval:
        return interval(lambda weights: curves.roc_auc(scores, found.is_positive, weights))

    return Evaluation(
        ensemble=name,
        dataset=dataset_name,
        images=len(found.boxes),
        positives=int(found.is_positive.sum()),
        boxes=sum(len(truths) for truths in found.truths),
        persons=len(np.unique(found.persons)),
        score=score,
        score_origin=score_origin,
        mean_precision=interval(lambda weights: float(_mean(at_score, weights)[0])),
        cross_mean_precision=cross_fitted(found),
        best_score=best,
        best_mean_precision=best_precision,
        sensitivity={rate: sensitivity(rate) for rate in FALSE_POSITIVES_PER_IMAGE},
        image_auc=auc(found.top_scores),
        opacity_auc=None if found.opacity_probability is None else auc(found.opacity_probability),
        froc=curve,
    )
