"""Tests of figures of parts of a dataset, against counts by hand."""

import numpy as np
import pytest

from cxr_viewer.core import geometry
from model_training import comparison_groups as groups
from model_training.dataset import PreparedExample
from model_training.dataset_detections import Found
from model_training.example import ImageClass

NOTHING = np.zeros((0, 4), dtype=np.float32)
SMALL, LARGE, FAR = [0, 0, 50, 50], [100, 100, 300, 300], [400, 400, 450, 450]


def boxes(*rows: list[int]) -> geometry.Boxes:
    return np.array(rows, dtype=np.float32).reshape(-1, 4)


def example(image_class: ImageClass, true: geometry.Boxes) -> PreparedExample:
    return PreparedExample("key", "person", "test", image_class, 512, 400, true, NOTHING)


EXAMPLES = [
    example(ImageClass.OPACITY, boxes(SMALL, LARGE)),
    example(ImageClass.NORMAL, NOTHING),
    example(ImageClass.NORMAL, NOTHING),
    example(ImageClass.NOT_NORMAL, NOTHING),
]
FOUND = Found(
    boxes=(boxes(LARGE, SMALL, FAR), boxes(FAR, SMALL), NOTHING, boxes(FAR)),
    scores=tuple(np.array(own, dtype=np.float32) for own in ([0.9, 0.4, 0.3], [0.8, 0.6], [], [0.2])),
    truths=tuple(own.boxes for own in EXAMPLES),
    persons=np.arange(4),
    opacity_probability=None,
    is_positive=np.array([True, False, False, False]),
)


def figures(score: float, weights: list[float]) -> dict[tuple[str, str], tuple[int, float]]:
    shares = groups.shares(FOUND, EXAMPLES, score)
    return {(own.row, own.name): (own.count, own.measure(np.array(weights))) for own in shares}


def test_sizes_are_those_of_the_1024_frame() -> None:
    # the longer side is 512: 50 and 200 pixels are 100 and 400 of the frame
    assert groups.frame_sizes(EXAMPLES[0]).tolist() == pytest.approx([100, 400])
    assert len(groups.frame_sizes(EXAMPLES[1])) == 0


def test_shares_of_sizes_and_kinds_are_the_counts_by_hand() -> None:
    at = figures(0.5, [1, 1, 1, 1])
    expected = {
        ("small, below 214", "found"): (1, 0.0),
        ("large, from 299", "found"): (1, 1.0),
        ("Normal", "images with a box"): (2, 0.5),
        ("Normal", "false boxes per image"): (2, 1.0),
        ("No Lung Opacity / Not Normal", "images with a box"): (1, 0.0),
        ("No Lung Opacity / Not Normal", "false boxes per image"): (1, 0.0),
        ("Lung Opacity", "images with a box"): (1, 1.0),
        ("Lung Opacity", "false boxes per image"): (1, 0.0),
    }
    assert at == expected
    low = figures(0.1, [1, 1, 1, 1])
    assert low["small, below 214", "found"] == (1, 1.0)
    assert low["Lung Opacity", "false boxes per image"] == (1, 1.0)


def test_weights_act_as_repetitions_of_images() -> None:
    assert figures(0.5, [1, 2, 0, 1])[("Normal", "images with a box")][1] == 1
    assert np.isnan(figures(0.5, [1, 0, 0, 1])[("Normal", "images with a box")][1])
