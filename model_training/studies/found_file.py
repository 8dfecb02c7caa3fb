"""Detections of a row on a data set, kept in a file, so that rows can be compared image by image later."""

from pathlib import Path

import numpy as np

from cxr_viewer.core import geometry
from model_training.dataset_detections import Found


def write(path: Path, found: Found) -> None:
    """Write the detections (npz, no pickles): beside, then renamed."""
    partial = path.with_name(path.name + ".partial")
    opacity = np.zeros(0) if found.opacity_probability is None else found.opacity_probability
    with partial.open("wb") as stream:
        np.savez_compressed(
            stream,
            boxes=_stacked(found.boxes),
            scores=np.concatenate([np.zeros(0, np.float32), *found.scores]),
            counts=np.array([len(own) for own in found.scores]),
            truths=_stacked(found.truths),
            truth_counts=np.array([len(own) for own in found.truths]),
            persons=found.persons,
            opacity_probability=opacity,
            is_positive=found.is_positive,
        )
    partial.replace(path)


def read(path: Path) -> Found:
    """Return the detections that ``write`` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        ends = np.cumsum(stored["counts"])[:-1]
        opacity = stored["opacity_probability"]
        return Found(
            boxes=tuple(np.split(stored["boxes"], ends)),
            scores=tuple(np.split(stored["scores"], ends)),
            truths=tuple(np.split(stored["truths"], np.cumsum(stored["truth_counts"])[:-1])),
            persons=stored["persons"],
            opacity_probability=opacity if len(opacity) else None,
            is_positive=stored["is_positive"],
        )


def _stacked(boxes: tuple[geometry.Boxes, ...]) -> geometry.Boxes:
    return np.concatenate([np.zeros((0, 4), np.float32), *boxes])
