"""What an ensemble is worth on a dataset: the RSNA metric, FROC, image AUC, with intervals that resample persons."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from model_training import curves
from model_training.bootstrap import Interval, interval
from model_training.curves import Floats
from model_training.dataset_detections import Found
from model_training.score_thresholds import best_threshold, cross_fitted, score_table, weighted_mean

FALSE_POSITIVES_PER_IMAGE = (0.25, 0.5, 1.0)
MEAN_PRECISION, IMAGE_AUC, OPACITY_AUC = "mean_precision", "image_auc", "opacity_auc"

Measure = Callable[[Floats], float]
"""A figure of weights (I,) of images; one each gives the figure itself."""


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
            f"  sensitivity at {rate:g} false boxes per image (IoU > {curves.FROC_IOU:g}): {own}"
            for rate, own in self.sensitivity.items()
        ]
        lines.append(f"  image AUC of the best box: {self.image_auc}")
        if self.opacity_auc is not None:
            lines.append(f"  image AUC of the global head: {self.opacity_auc}")
        return "\n".join([*lines, "  brackets: 95 % bootstrap over persons"])

    def figures(self) -> dict[str, float]:
        """Return the figures that a bundle carries, by name, without those that this dataset cannot give."""
        values = {
            MEAN_PRECISION: self.mean_precision.value,
            "mean_precision_low": self.mean_precision.low,
            "mean_precision_high": self.mean_precision.high,
            "mean_precision_cross": self.cross_mean_precision,
            IMAGE_AUC: self.image_auc.value,
        }
        for rate, own in self.sensitivity.items():
            values[sensitivity_name(rate)] = own.value
        if self.opacity_auc is not None:
            values[OPACITY_AUC] = self.opacity_auc.value
        return {name: round(value, 4) for name, value in values.items() if not math.isnan(value)}


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
    measured = {name: interval(found.persons, measure) for name, measure in measures(found, score).items()}
    return Evaluation(
        ensemble=name,
        dataset=dataset_name,
        images=len(found.boxes),
        positives=int(found.is_positive.sum()),
        boxes=sum(len(truths) for truths in found.truths),
        persons=len(np.unique(found.persons)),
        score=score,
        score_origin=score_origin,
        mean_precision=measured[MEAN_PRECISION],
        cross_mean_precision=cross_fitted(found),
        best_score=best,
        best_mean_precision=best_precision,
        sensitivity={rate: measured[sensitivity_name(rate)] for rate in FALSE_POSITIVES_PER_IMAGE},
        image_auc=measured[IMAGE_AUC],
        opacity_auc=measured.get(OPACITY_AUC),
        froc=curves.froc(curves.mark(found.boxes, found.scores, found.truths)),
    )


def measures(found: Found, score: float) -> dict[str, Measure]:
    """Return what is measured of detections, by name.

    Args:
        found: detections of a dataset.
        score: the score threshold in force, for the metric; the other figures have none.
    """
    at_score = score_table(found, [score])
    marked = curves.mark(found.boxes, found.scores, found.truths)

    def sensitivity(rate: float) -> Measure:
        return lambda weights: curves.froc(marked, weights).sensitivity_at(rate)

    def auc(scores: Floats) -> Measure:
        return lambda weights: curves.roc_auc(scores, found.is_positive, weights)

    measured: dict[str, Measure] = {MEAN_PRECISION: lambda weights: float(weighted_mean(at_score, weights)[0])}
    measured |= {sensitivity_name(rate): sensitivity(rate) for rate in FALSE_POSITIVES_PER_IMAGE}
    measured[IMAGE_AUC] = auc(found.top_scores)
    if found.opacity_probability is not None:
        measured[OPACITY_AUC] = auc(found.opacity_probability)
    return measured


def sensitivity_name(rate: float) -> str:
    """Return the name of the sensitivity at so many false boxes per image."""
    return f"sensitivity_at_{rate:g}_fp"
