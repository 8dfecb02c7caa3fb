"""Tests of the metric: every worked case of the recipe's table, both hit rules, an independent implementation."""

import numpy as np
import pytest

from cxr_viewer.core import geometry
from model_training import metric, score_thresholds
from model_training.dataset_detections import Found
from model_training.metric import HitRule

Row = tuple[float, float, float, float]
FULL: Row = (100, 100, 200, 200)


def concentric(factor: float) -> Row:
    """Return the truth of which the full box is the unshrunk version: ``factor`` per axis, same centre."""
    side = 200 * factor
    return (200 - side / 2, 200 - side / 2, side, side)


def boxes(*rows: Row) -> geometry.Boxes:
    return geometry.from_xywh(np.array(rows, dtype=np.float32).reshape(-1, 4))


LEFT, RIGHT = (0.0, 0.0, 100.0, 200.0), (100.0, 0.0, 100.0, 200.0)
BOTH, LEFT_CUT, BOTH_SHORT = (0.0, 0.0, 200.0, 200.0), (0.0, 0.0, 100.0, 180.0), (10.0, 0.0, 190.0, 200.0)
SQUARE = (0.0, 0.0, 100.0, 100.0)
FAR = (600.0, 600.0, 50.0, 50.0)
SECOND = (500.0, 500.0, 100.0, 100.0)

# number, truths, boxes (best score first), kernel rule, official rule
CASES: list[tuple[str, list[Row], list[Row], float | None, float | None]] = [
    ("1", [], [], None, None),
    ("2", [], [(10, 10, 50, 50)], 0, 0),
    ("3", [FULL], [], 0, 0),
    ("4", [FULL], [FULL], 1, 1),
    ("5", [FULL], [(100, 100, 300, 200)], 0.75, 0.75),
    ("6", [SQUARE], [(0, 0, 100, 50)], 0.375, 0.25),
    ("7", [SQUARE], [(0, 0, 100, 75)], 1.0, 0.875),
    ("8", [SQUARE, SECOND], [SQUARE], 0.5, 0.5),
    ("9", [SQUARE], [SQUARE, FAR], 0.5, 0.5),
    ("10", [SQUARE], [SQUARE, SQUARE], 0.5, 0.5),
    ("11", [SQUARE, SECOND], [SQUARE, (500, 500, 100, 64)], 0.75, 0.75),
    ("12", [concentric(0.875)], [FULL], 1.0, 1.0),
    ("13", [concentric(0.83)], [FULL], 0.75, 0.75),
    ("14", [LEFT, RIGHT], [BOTH, LEFT_CUT], 1 / 3, 1 / 3),
    ("14 truths swapped", [RIGHT, LEFT], [BOTH, LEFT_CUT], 0.583333, 0.5),
    ("14c", [LEFT, RIGHT], [BOTH_SHORT, LEFT_CUT], 0.4167, 0.5833),
    ("14c scores swapped", [LEFT, RIGHT], [LEFT_CUT, BOTH_SHORT], 0.5833, 0.5833),
    ("15", [SQUARE], [(0, 0, 100, 50), SQUARE], 0.5, 0.5),
    ("16", [SQUARE], [(0, 0, 100, 65)], 0.75, 0.625),
    ("17", [SQUARE], [(0, 0, 100, 60)], 0.625, 0.5),
]


@pytest.mark.parametrize(("number", "truths", "found", "kernel", "official"), CASES, ids=[case[0] for case in CASES])
def test_worked_case_has_the_tables_score(
    number: str, truths: list[Row], found: list[Row], kernel: float | None, official: float | None
) -> None:
    del number
    for rule, expected in ((HitRule.KERNEL, kernel), (HitRule.OFFICIAL, official)):
        score = metric.image_score(boxes(*found), boxes(*truths), rule)
        if expected is None:
            assert score is None
        else:
            assert score == pytest.approx(expected, abs=1e-4)


def test_overlaps_of_the_worked_cases_are_the_tables() -> None:
    iou = metric.exact_iou(boxes(BOTH_SHORT, LEFT_CUT), boxes(LEFT, RIGHT))
    np.testing.assert_allclose(iou, [[0.45, 0.5263], [0.9, 0.0]], atol=1e-4)
    assert float(metric.exact_iou(boxes(FULL), boxes(concentric(0.875)))[0, 0]) == pytest.approx(0.7656, abs=1e-4)


def test_dataset_mean_leaves_out_images_with_neither_box_nor_truth() -> None:
    cases = CASES[:5]
    found = Found(
        boxes=tuple(boxes(*shown) for _, _, shown, _, _ in cases),
        scores=tuple(np.full(len(shown), 0.9, dtype=np.float32) for _, _, shown, _, _ in cases),
        truths=tuple(boxes(*truths) for _, truths, _, _, _ in cases),
        persons=np.arange(len(cases)),
        opacity_probability=None,
        is_positive=np.array([bool(truths) for _, truths, _, _, _ in cases]),
    )
    means = score_thresholds.weighted_mean(score_thresholds.score_table(found, [0.5]))
    assert means == pytest.approx([0.4375])
    assert score_thresholds.weighted_mean(np.full((2, 1), np.nan)) == pytest.approx([0])


@pytest.mark.parametrize(
    ("overlap", "expected"),
    [
        (40, 0),
        (41, 0.125),
        (45, 0.125),
        (46, 0.25),
        (51, 0.375),
        (56, 0.5),
        (61, 0.625),
        (66, 0.75),
        (71, 0.875),
        (75, 0.875),
        (76, 1),
    ],
)
def test_score_of_one_box_is_the_share_of_thresholds_strictly_below_its_overlap(overlap: int, expected: float) -> None:
    score = metric.image_score(boxes((0, 0, 100, overlap)), boxes(SQUARE))
    assert score == pytest.approx(expected)


def test_a_repeated_truth_halves_a_perfect_image() -> None:
    assert metric.image_score(boxes(SQUARE), boxes(SQUARE, SQUARE)) == 0.5


def loose(found: geometry.Boxes, truths: geometry.Boxes) -> float:
    """An independent, slower reading of the official text with plain loops over Python floats."""

    def iou(a: list[float], b: list[float]) -> float:
        width = min(a[2], b[2]) - max(a[0], b[0])
        height = min(a[3], b[3]) - max(a[1], b[1])
        shared = max(0.0, width) * max(0.0, height)
        return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)

    total = 0.0
    for step in range(8, 16):
        free = list(range(len(truths)))
        hits = 0
        for box in found.tolist():
            ranked = sorted(free, key=lambda index, box=box: -iou(box, truths[index].tolist()))  # type: ignore[misc]
            if ranked and iou(box, truths[ranked[0]].tolist()) > step / 20:
                free.remove(ranked[0])
                hits += 1
        total += hits / (len(found) + len(truths) - hits)
    return total / 8


def test_random_images_score_as_an_independent_implementation_says() -> None:
    random = np.random.default_rng(3)
    for _ in range(200):
        counts = random.integers(1, 5, 2)
        found, truths = (
            boxes(*[(float(x), float(y), float(w), float(h)) for x, y, w, h in random.integers(10, 90, (count, 4))])
            for count in counts
        )
        assert metric.image_score(found, truths) == pytest.approx(loose(found, truths))


def test_a_padded_row_counted_as_a_truth_halves_a_perfect_image() -> None:
    padding: Row = (-1, -1, 0, 0)
    assert metric.image_score(boxes(SQUARE), boxes(SQUARE, padding)) == 0.5


def test_pairs_name_the_truth_that_each_box_finds() -> None:
    iou = metric.exact_iou(boxes(BOTH_SHORT, FAR, LEFT_CUT), boxes(LEFT, RIGHT))
    assert metric.pair(iou, 0.4).tolist() == [1, -1, 0]
    assert metric.pair(iou, 0.55).tolist() == [-1, -1, 0]
    assert metric.pair(np.zeros((2, 0)), 0.4).tolist() == [-1, -1]
