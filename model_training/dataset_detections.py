"""Detections of an ensemble over a dataset, through the selection behind the viewer's sliders, beside what is true."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core import geometry, suppression
from cxr_viewer.core.candidates import SCORE_FLOOR, Candidates, SelectionRules, Thresholds
from model_training.curves import Floats
from model_training.dataset import Dataset, PreparedExample
from model_training.example import ImageClass
from model_training.prediction import RunnableEnsemble


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
    candidates: Sequence[Candidates], examples: Sequence[PreparedExample], thresholds: Thresholds, rules: SelectionRules
) -> Found:
    """Return the detections of images above the score floor, under the overlap, size and rules in force.

    Greedy NMS and relative suppression depend on better boxes only, so that a higher score threshold keeps a prefix of
    each list: one selection serves all thresholds.
    """
    floor = Thresholds(SCORE_FLOOR, thresholds.overlap, thresholds.size)
    detections = [suppression.select(own, floor, rules) for own in candidates]
    _, persons = np.unique([example.person for example in examples], return_inverse=True)
    opacity = [own.opacity_probability for own in candidates]
    return Found(
        boxes=tuple(own.boxes for own in detections),
        scores=tuple(own.scores for own in detections),
        truths=tuple(example.boxes for example in examples),
        persons=persons.astype(np.int64),
        opacity_probability=None if None in opacity else np.array(opacity, dtype=np.float64),
        is_positive=np.array([example.image_class is ImageClass.OPACITY for example in examples]),
    )


def detect(
    ensemble: RunnableEnsemble, dataset: Dataset, on_progress: Callable[[int, int], None] | None = None
) -> Found:
    """Return the ensemble's detections of a dataset under its own overlap, size and rules."""
    candidates = collect_candidates(ensemble, dataset, on_progress)
    return select_all(candidates, dataset.examples, ensemble.thresholds, ensemble.rules)
