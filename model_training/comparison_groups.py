"""Figures of parts of a dataset: opacities by size, images by kind, each a share over images with weights.

Sizes are those of the 1,024 frame of the RSNA images, so that they mean the same on images of any size: the square root
of the area after the longer side of the image was scaled to 1,024 pixels. The limits are the terciles of the 9,555
boxes of the stage 2 training labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core import geometry
from model_training import metric
from model_training.curves import FROC_IOU, Floats
from model_training.dataset import PreparedExample
from model_training.dataset_detections import Found
from model_training.example import CLASS_NAMES, ImageClass

FRAME = 1024
MEDIUM_FROM, LARGE_FROM = 214, 299
SIZES = {
    f"small, below {MEDIUM_FROM}": (0.0, float(MEDIUM_FROM)),
    f"medium, {MEDIUM_FROM} to {LARGE_FROM}": (float(MEDIUM_FROM), float(LARGE_FROM)),
    f"large, from {LARGE_FROM}": (float(LARGE_FROM), float("inf")),
}
"""Row and limits [from, below) of the square root of the area, pixels of the 1,024 frame."""

SIZE, KIND = "size of opacity", "kind of image"
FOUND, FLAGGED, FALSE_BOXES = "found", "images with a box", "false boxes per image"
KINDS = {**CLASS_NAMES, ImageClass.NO_OPACITY: "no opacity, else unknown"}


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """One figure of one part: the sum of ``part`` over the sum of ``whole``, each (I,) counts per image."""

    table: str
    row: str
    name: str
    part: Floats
    whole: Floats

    @property
    def count(self) -> int:
        """Opacities or images that the figure rests on."""
        return int(self.whole.sum())

    def measure(self, weights: Floats) -> float:
        """Return the share under weights (I,) of images; nan where nothing is left."""
        whole = float((weights * self.whole).sum())
        return float((weights * self.part).sum()) / whole if whole > 0 else float("nan")


def shares(found: Found, examples: Sequence[PreparedExample], score: float) -> tuple[Share, ...]:
    """Return all shares at a score threshold, the same ones for every bundle on the same images.

    Args:
        found: detections of the images.
        examples: the images.
        score: the threshold in force.
    """
    hit_sizes, true_sizes, shown, false = [], [], [], []
    for boxes, scores, example in zip(found.boxes, found.scores, examples, strict=True):
        kept = boxes[scores >= np.float32(score)]
        paired = metric.pair(metric.exact_iou(kept, example.boxes), FROC_IOU)
        sizes = frame_sizes(example)
        true_sizes.append(sizes)
        hit_sizes.append(sizes[paired[paired >= 0]])
        shown.append(len(kept))
        false.append(int((paired < 0).sum()))
    by_size = (
        Share(SIZE, row, FOUND, _counts(hit_sizes, *limits), _counts(true_sizes, *limits))
        for row, limits in SIZES.items()
    )
    flagged, wrong = np.array(shown, dtype=np.float64) > 0, np.array(false, dtype=np.float64)
    kinds = np.array([int(example.image_class) for example in examples])
    by_kind = (
        Share(KIND, name, measured, values * (kinds == kind), (kinds == kind).astype(np.float64))
        for kind, name in KINDS.items()
        for measured, values in ((FLAGGED, flagged.astype(np.float64)), (FALSE_BOXES, wrong))
    )
    return tuple(share for share in (*by_size, *by_kind) if share.count)


def frame_sizes(example: PreparedExample) -> Floats:
    """Return the square root of the area of each true box, pixels of the 1,024 frame, (G,)."""
    return np.sqrt(geometry.area(example.boxes).astype(np.float64)) * FRAME / max(example.rows, example.columns)


def _counts(sizes: Sequence[NDArray[np.float64]], low: float, high: float) -> Floats:
    return np.array([((own >= low) & (own < high)).sum() for own in sizes], dtype=np.float64)
