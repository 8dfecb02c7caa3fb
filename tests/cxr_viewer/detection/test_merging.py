"""Tests of the per-anchor ensemble rule against the recipe's worked example and a plain loop."""

import numpy as np
import pytest

from cxr_viewer.core.candidates import MAXIMUM_CANDIDATES, SCORE_FLOOR
from cxr_viewer.core.suppression import consensus_log_size
from cxr_viewer.detection.anchors import AnchorSpec, grid
from cxr_viewer.detection.merging import MemberOutput, merge
from cxr_viewer.detection.preprocessing import letterbox_of

WORKED_DW = [0.30, 0.10, 0.05, -0.10, 0.20, 0, -0.05, 0.15, 0.25, -0.20, 0.12, 0.02]
NO_FEATURES = np.zeros(1, dtype=np.float32)


def output(scores: list[float] | np.ndarray, deltas: np.ndarray, classes: list[float] | None = None) -> MemberOutput:
    probabilities = None if classes is None else np.array(classes, dtype=np.float32)
    return MemberOutput(np.array(scores, dtype=np.float32), deltas.astype(np.float32), probabilities, NO_FEATURES)


@pytest.mark.parametrize(("size", "of_anchor"), [(None, np.exp(0.2 * 0.07)), (0.0, 0.992), (0.9, 0.952), (1.6, 0.922)])
def test_size_follows_the_worked_example_of_twelve_members(size: float | None, of_anchor: float) -> None:
    anchors = np.array([[256, 256, 100, 100]], dtype=np.float32)
    members = [output([0.5], np.array([[0, 0, dw, 0]])) for dw in WORKED_DW]
    candidates = merge(members, anchors, letterbox_of(512, 512, 512))
    width, height = np.exp(consensus_log_size(candidates, size))[0]
    assert width / 100 == pytest.approx(of_anchor, abs=6e-4)
    assert height == pytest.approx(100, rel=1e-5)


def test_merging_equals_a_plain_loop_over_anchors_and_members() -> None:
    generator = np.random.default_rng(3)
    anchors = grid(AnchorSpec(levels=(5, 6)), 128)
    scores = generator.random((3, len(anchors))) * 0.3
    deltas = generator.normal(0, 1, (3, len(anchors), 4))
    placement = letterbox_of(300, 200, 128)
    candidates = merge([output(s, d) for s, d in zip(scores, deltas, strict=True)], anchors, placement)

    means = scores.astype(np.float32).mean(axis=0)
    expected = sorted((index for index in range(len(anchors)) if means[index] >= SCORE_FLOOR), key=lambda i: -means[i])
    assert candidates.anchor_index.tolist() == expected
    for row, index in enumerate(expected):
        cx, cy, width, height = anchors[index]
        dx, dy, dw, dh = deltas[:, index].T
        assert candidates.centre[row] == pytest.approx(
            [
                (cx + 0.1 * dx.mean() * width - placement.left) / placement.scale_x,
                (cy + 0.1 * dy.mean() * height - placement.top) / placement.scale_y,
            ],
            rel=1e-4,
            abs=1e-2,
        )
        low = [np.percentile(dw, 20), np.percentile(dh, 20)]
        native = [np.log(width / placement.scale_x), np.log(height / placement.scale_y)]
        assert candidates.log_size_low[row] == pytest.approx(np.add(native, np.multiply(0.2, low)), abs=1e-4)
        assert candidates.member_scores[row] == pytest.approx(scores[:, index], abs=1e-6)


def test_one_member_has_no_spread() -> None:
    generator = np.random.default_rng(0)
    anchors = grid(AnchorSpec(levels=(5,)), 128)
    only = output(generator.random(len(anchors)), generator.normal(0, 1, (len(anchors), 4)))
    candidates = merge([only], anchors, letterbox_of(128, 128, 128))
    assert np.array_equal(candidates.log_size_low, candidates.log_size_mean)
    assert np.array_equal(candidates.log_size_high, candidates.log_size_mean)


def test_only_the_best_thousand_above_the_floor_are_kept() -> None:
    anchors = grid(AnchorSpec(levels=(3, 4, 5)), 256)
    scores = np.linspace(0, 1, len(anchors))
    candidates = merge([output(scores, np.zeros((len(anchors), 4)))], anchors, letterbox_of(256, 256, 256))
    assert len(candidates) == MAXIMUM_CANDIDATES
    assert candidates.scores[0] == 1
    quiet = merge([output(scores * 0.02, np.zeros((len(anchors), 4)))], anchors, letterbox_of(256, 256, 256))
    assert len(quiet) == 0
    assert quiet.top_score == 0


def test_opacity_probability_is_the_members_mean_of_class_two() -> None:
    anchors = np.array([[64, 64, 32, 32]], dtype=np.float32)
    members = [output([0.5], np.zeros((1, 4)), [0.1, 0.2, 0.7]), output([0.5], np.zeros((1, 4)), [0.5, 0.2, 0.3])]
    assert merge(members, anchors, letterbox_of(128, 128, 128)).opacity_probability == pytest.approx(0.5)
    assert merge([output([0.5], np.zeros((1, 4)))], anchors, letterbox_of(128, 128, 128)).opacity_probability is None
