"""Tests of the assignment of boxes to anchors."""

import numpy as np
import pytest
import torch
from torchvision.models.detection._utils import BoxCoder, Matcher
from torchvision.ops import box_convert, box_iou

from cxr_viewer.detection import anchors
from cxr_viewer.detection.anchors import AnchorSpec
from model_training import targets
from model_training.targets import IGNORED, NEGATIVE, POSITIVE, AssignmentRules

GRID = torch.from_numpy(anchors.grid(AnchorSpec(levels=(3, 4, 5, 6)), 256))


def random_boxes(count: int, seed: int) -> torch.Tensor:
    random = np.random.default_rng(seed)
    corners = random.uniform(0, 180, (count, 2))
    sides = random.uniform(15, 75, (count, 2))
    return torch.tensor(np.concatenate([corners, corners + sides], axis=1), dtype=torch.float32)


def test_deltas_equal_torchvisions_box_coder_with_the_recipes_weights() -> None:
    boxes = random_boxes(40, seed=1)
    chosen = GRID[torch.randperm(len(GRID), generator=torch.Generator().manual_seed(1))[:40]]
    coder = BoxCoder(weights=(10.0, 10.0, 5.0, 5.0))
    expected = coder.encode_single(boxes, box_convert(chosen, "cxcywh", "xyxy"))
    torch.testing.assert_close(targets.encode(chosen, boxes), expected, rtol=1e-4, atol=1e-4)


def test_deltas_equal_the_viewers_coding() -> None:
    boxes = random_boxes(40, seed=2)
    chosen = GRID[:40]
    expected = anchors.encode(chosen.numpy(), boxes.numpy())
    np.testing.assert_allclose(targets.encode(chosen, boxes).numpy(), expected, rtol=1e-5, atol=1e-5)


def test_iou_equals_torchvisions() -> None:
    first, second = random_boxes(30, seed=3), random_boxes(20, seed=4)
    torch.testing.assert_close(targets.pairwise_iou(first, second), box_iou(first, second))


@pytest.mark.parametrize("seed", range(5))
def test_labels_equal_torchvisions_matcher_without_low_quality_matches(seed: int) -> None:
    boxes = random_boxes(3, seed=10 + seed)
    found = targets.assign(GRID, boxes)
    matcher = Matcher(0.5, 0.4, allow_low_quality_matches=False)
    matched = matcher(box_iou(boxes, targets.corners(GRID)))
    expected = torch.where(matched >= 0, POSITIVE, torch.where(matched == -1, NEGATIVE, IGNORED))
    assert torch.equal(found.labels.long(), expected)
    torch.testing.assert_close(found.deltas, targets.encode(GRID[matched >= 0], boxes[matched[matched >= 0]]))


def test_an_image_without_boxes_has_negative_anchors_only() -> None:
    found = targets.assign(GRID, torch.zeros((0, 4)))
    assert (found.labels == NEGATIVE).all()
    assert len(found.positives) == 0
    assert found.deltas.shape == (0, 4)


def test_the_band_between_the_two_overlaps_is_ignored() -> None:
    anchor = torch.tensor([[50.0, 50.0, 100.0, 100.0]])
    for height, expected in ((50.0, POSITIVE), (45.0, IGNORED), (40.0, IGNORED), (39.0, NEGATIVE)):
        box = torch.tensor([[0.0, 0.0, 100.0, height]])
        assert targets.assign(anchor, box).labels.tolist() == [expected]


def test_a_box_that_no_anchor_fits_gets_its_best_anchor_only_when_that_is_asked_for() -> None:
    thin = torch.tensor([[10.0, 100.0, 250.0, 110.0]])
    assert len(targets.assign(GRID, thin).positives) == 0
    forced = targets.assign(GRID, thin, AssignmentRules(force_best=True))
    assert forced.positives.tolist() == [int(box_iou(thin, targets.corners(GRID)).argmax())]


def test_box_sides_count_as_one_pixel_at_least() -> None:
    anchor = torch.tensor([[50.0, 50.0, 10.0, 10.0]])
    deltas = targets.encode(anchor, torch.tensor([[50.0, 50.0, 50.2, 50.2]]))
    torch.testing.assert_close(deltas[0, 2:], torch.full((2,), float(np.log(0.1) / 0.2)))


def test_rejected_places_are_negative_and_weigh_more_unless_a_true_box_is_there() -> None:
    true, rejected = torch.tensor([[20.0, 20.0, 84.0, 84.0]]), torch.tensor([[150.0, 150.0, 214.0, 214.0]])
    rules = AssignmentRules(hard_negative_weight=4.0)
    found = targets.assign(GRID, true, rules, torch.cat([rejected, true]))
    overlap = box_iou(targets.corners(GRID), rejected)[:, 0]
    assert (found.weights[overlap >= 0.4] == 4).all()
    assert (found.labels[overlap >= 0.4] == NEGATIVE).all()
    assert (found.labels[box_iou(targets.corners(GRID), true)[:, 0] >= 0.5] == POSITIVE).all()
    assert (found.weights[found.positives] == 1).all()
