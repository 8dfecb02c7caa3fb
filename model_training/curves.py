"""FROC and ROC: sensitivity for boxes against false boxes per image, and the area under the ROC curve of images.

Every function takes weights of images, so that a bootstrap is a matter of weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core import geometry
from model_training import metric

FROC_IOU = 0.4
"""A box with more overlap than this finds its opacity (the metric's lowest threshold)."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class MarkedBoxes:
    """All boxes of a data set, best score first.

    Attributes:
        scores: (N,).
        hits: (N,) bool, whether the box found an opacity.
        images: (N,) int64, index of its image.
        truths: (I,) int64, opacities of each image.
    """

    scores: Floats
    hits: NDArray[np.bool_]
    images: NDArray[np.int64]
    truths: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Froc:
    """A FROC curve: one point per score, best score first; each (N,)."""

    scores: Floats
    sensitivity: Floats
    false_positives: Floats

    def sensitivity_at(self, false_positives_per_image: float) -> float:
        """Return the highest sensitivity with at most so many false boxes per image."""
        allowed = self.false_positives <= false_positives_per_image
        return float(self.sensitivity[allowed].max(initial=0.0))


def mark(
    boxes: Sequence[geometry.Boxes],
    scores: Sequence[NDArray[np.float32]],
    truths: Sequence[geometry.Boxes],
    iou: float = FROC_IOU,
) -> MarkedBoxes:
    """Return which boxes of a data set hit, by the metric's official rule.

    Args:
        boxes: per image (P, 4), best score first.
        scores: per image (P,).
        truths: per image (G, 4).
        iou: a hit has more than this.
    """
    hits = [metric.match(metric.exact_iou(own, true), iou) for own, true in zip(boxes, truths, strict=True)]
    flat = np.concatenate([np.asarray(own, dtype=np.float64) for own in scores]) if scores else np.zeros(0)
    order = np.argsort(-flat, kind="stable")
    images = np.repeat(np.arange(len(boxes)), [len(own) for own in boxes])
    return MarkedBoxes(
        scores=flat[order],
        hits=np.concatenate(hits)[order] if hits else np.zeros(0, dtype=np.bool_),
        images=images[order],
        truths=np.array([len(true) for true in truths], dtype=np.int64),
    )


def froc(marked: MarkedBoxes, weights: Floats | None = None) -> Froc:
    """Return the FROC curve; equal scores make one point.

    Args:
        marked: boxes of the data set.
        weights: (I,) of images; None for one each.
    """
    of_image = np.ones(len(marked.truths)) if weights is None else weights
    of_box = of_image[marked.images]
    opacities = float((of_image * marked.truths).sum())
    found = np.cumsum(of_box * marked.hits)
    false = np.cumsum(of_box * ~marked.hits)
    last = np.append(marked.scores[1:] != marked.scores[:-1], True)[: len(marked.scores)]
    return Froc(
        scores=marked.scores[last],
        sensitivity=found[last] / max(opacities, 1e-12),
        false_positives=false[last] / max(float(of_image.sum()), 1e-12),
    )


def roc_auc(scores: Floats, is_positive: NDArray[np.bool_], weights: Floats | None = None) -> float:
    """Return the area under the ROC curve: how often a positive image scores above a negative one, ties count half.

    Args:
        scores, is_positive: (I,).
        weights: (I,); None for one each.

    Returns:
        The area in [0, 1]; nan when one class is missing.
    """
    of_image = np.ones(len(scores)) if weights is None else weights
    values, group = np.unique(scores, return_inverse=True)
    positive = np.bincount(group, of_image * is_positive, minlength=len(values))
    negative = np.bincount(group, of_image * ~is_positive, minlength=len(values))
    pairs = positive.sum() * negative.sum()
    if pairs == 0:
        return float("nan")
    below = np.cumsum(negative) - negative
    return float((positive * (below + negative / 2)).sum() / pairs)
