"""Tests of the losses against the recipe's worked numbers and torchvision."""

import math

import numpy as np
import pytest
import torch
from torchvision.ops import sigmoid_focal_loss

from cxr_viewer.detection import anchors
from cxr_viewer.detection.anchors import AnchorSpec
from model_training import losses, targets
from model_training.example import ImageClass
from model_training.losses import LossRules, Normalisation

PRIOR_LOGIT = -math.log(99)
PAPER_GRID = torch.from_numpy(anchors.grid(AnchorSpec(), 512))
WITHOUT_P2 = torch.from_numpy(anchors.grid(AnchorSpec(levels=(3, 4, 5, 6, 7)), 512))
NORMAL = torch.tensor([int(ImageClass.NORMAL)])


def at_initialisation(grid: torch.Tensor, boxes: torch.Tensor) -> losses.Losses:
    """Return the losses of one image when every anchor scores 0.01 and every box is its anchor."""
    logits = torch.full((1, len(grid)), PRIOR_LOGIT)
    assigned = [targets.assign(grid, boxes)]
    return losses.detection(logits, torch.zeros((1, len(grid), 4)), torch.zeros((1, 3)), assigned, NORMAL)


@pytest.mark.parametrize(
    ("grid", "count", "expected"), [(PAPER_GRID, 196_560, 0.148162), (WITHOUT_P2, 49_104, 0.037013)]
)
def test_an_empty_image_at_initialisation_has_the_recipes_loss(grid: torch.Tensor, count: int, expected: float) -> None:
    assert len(grid) == count
    found = at_initialisation(grid, torch.zeros((0, 4)))
    assert float(found.classification) == pytest.approx(expected, abs=1e-6)
    assert float(found.regression) == 0
    assert float(found.image_class) == pytest.approx(1.0986, abs=1e-4)


def test_single_anchors_at_initialisation_have_the_recipes_loss() -> None:
    logits = torch.full((2,), PRIOR_LOGIT)
    found = losses.focal(logits, torch.tensor([False, True]))
    assert float(found[0]) == pytest.approx(7.538e-7, rel=1e-3)
    assert float(found[1]) == pytest.approx(1.128382, abs=1e-5)


def test_an_image_with_one_box_at_initialisation_is_the_sum_of_its_anchors() -> None:
    box = torch.tensor([[100.0, 100.0, 208.0, 249.0]])
    assigned = targets.assign(PAPER_GRID, box)
    positives = int((assigned.labels == targets.POSITIVE).sum())
    negatives = int((assigned.labels == targets.NEGATIVE).sum())
    assert positives > 1
    found = at_initialisation(PAPER_GRID, box)
    expected = 1.128382 + negatives * 7.53775e-7 / positives
    assert float(found.classification) == pytest.approx(expected, rel=1e-4)


def test_focal_loss_equals_torchvisions_in_value_and_gradient() -> None:
    generator = torch.Generator().manual_seed(1)
    logits = (torch.randn(500, generator=generator) * 4).requires_grad_()
    positive = torch.rand(500, generator=generator) < 0.3
    ours = losses.focal(logits, positive)
    (gradient,) = torch.autograd.grad(ours.sum(), logits)
    theirs = sigmoid_focal_loss(logits, positive.float(), alpha=0.25, gamma=2)
    (expected,) = torch.autograd.grad(theirs.sum(), logits)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-7)
    torch.testing.assert_close(gradient, expected, rtol=1e-4, atol=1e-6)


def test_the_probability_floor_of_the_papers_code_bounds_the_loss() -> None:
    logits = torch.tensor([-50.0, 50.0])
    found = losses.focal(logits, torch.tensor([True, False]), LossRules(probability_floor=1e-4))
    bound = (1 - 1e-4) ** 2 * -math.log(1e-4)
    np.testing.assert_allclose(found.numpy(), [0.25 * bound, 0.75 * bound], rtol=1e-4)


def test_focal_loss_is_finite_and_exact_from_half_precision_logits() -> None:
    logits = torch.tensor([-80.0, 80.0, 12.0], dtype=torch.bfloat16)
    found = losses.focal(logits, torch.tensor([True, False, True]))
    assert found.dtype == torch.float32
    assert torch.isfinite(found).all()
    assert float(found[0]) == pytest.approx(0.25 * 80, rel=1e-3)


@pytest.mark.parametrize(
    ("difference", "expected"), [(0.0, 0.0), (0.1, 4.5 * 0.01), (1 / 9, 1 / 18), (0.5, 0.5 - 1 / 18), (2.0, 2 - 1 / 18)]
)
def test_smooth_l1_is_the_recipes(difference: float, expected: float) -> None:
    for sign in (-1, 1):
        found = losses.smooth_l1(torch.tensor([sign * difference]), torch.zeros(1))
        assert float(found) == pytest.approx(expected, abs=1e-6)


def two_images() -> tuple[torch.Tensor, torch.Tensor, list[targets.Targets]]:
    """Return logits, deltas and targets of one image with a box and one without."""
    generator = torch.Generator().manual_seed(2)
    grid = WITHOUT_P2
    assigned = [
        targets.assign(grid, torch.tensor([[100.0, 100.0, 208.0, 249.0]])),
        targets.assign(grid, torch.zeros((0, 4))),
    ]
    return torch.randn(2, len(grid), generator=generator), torch.randn(2, len(grid), 4, generator=generator), assigned


def test_per_image_normalisation_divides_by_own_positives_and_then_by_all_images() -> None:
    logits, deltas, assigned = two_images()
    found = losses.detection(logits, deltas, None, assigned, NORMAL.repeat(2))
    focal = [
        sigmoid_focal_loss(own, (target.labels == 1).float(), alpha=0.25, gamma=2)[target.labels >= 0].sum()
        for own, target in zip(logits, assigned, strict=True)
    ]
    count = len(assigned[0].positives)
    absolute = (deltas[0][assigned[0].positives] - assigned[0].deltas).abs()
    smooth = torch.where(absolute <= 1 / 9, 4.5 * absolute**2, absolute - 1 / 18)
    assert float(found.classification) == pytest.approx(float(focal[0] / count + focal[1]) / 2, rel=1e-5)
    assert float(found.regression) == pytest.approx(float(smooth.mean()) / 2, rel=1e-5)


def test_per_batch_normalisation_divides_by_all_positives() -> None:
    logits, deltas, assigned = two_images()
    per_image = losses.detection(logits, deltas, None, assigned, NORMAL.repeat(2))
    rules = LossRules(normalisation=Normalisation.BATCH)
    per_batch = losses.detection(logits, deltas, None, assigned, NORMAL.repeat(2), rules)
    assert float(per_batch.regression) == pytest.approx(2 * float(per_image.regression), rel=1e-5)


def test_shares_of_a_batch_have_its_loss_for_their_mean() -> None:
    logits, deltas, assigned = two_images()
    rules = LossRules(normalisation=Normalisation.BATCH)
    whole = losses.detection(logits, deltas, None, assigned, NORMAL.repeat(2), rules)
    divisor = torch.tensor(len(assigned[0].positives) / 2)
    shares = [
        losses.detection(logits[[one]], deltas[[one]], None, [assigned[one]], NORMAL.repeat(1), rules, divisor)
        for one in (0, 1)
    ]
    assert float(whole.total) == pytest.approx(sum(float(share.total) for share in shares) / 2, rel=1e-6)


def test_the_total_is_the_weighted_sum_and_ignored_anchors_have_no_gradient() -> None:
    logits, deltas, assigned = two_images()
    logits.requires_grad_()
    global_logits = torch.tensor([[1.0, 0.0, -1.0], [0.0, 2.0, 0.0]])
    classes = torch.tensor([2, 1])
    found = losses.detection(logits, deltas, global_logits, assigned, classes, LossRules(1.0, 0.5, 0.1))
    expected = found.classification + 0.5 * found.regression + 0.1 * found.image_class
    assert float(found.total.detach()) == pytest.approx(float(expected), rel=1e-6)
    (gradient,) = torch.autograd.grad(found.total, logits)
    labels = torch.stack([target.labels for target in assigned])
    assert (gradient[labels == targets.IGNORED] == 0).all()
    assert (gradient[labels == targets.POSITIVE] < 0).all()


def test_image_class_is_cross_entropy_and_no_opacity_means_either_of_two() -> None:
    logits = torch.tensor([[0.3, -0.2, 1.0], [0.3, -0.2, 1.0]])
    found = losses.image_class(logits, torch.tensor([1, int(ImageClass.NO_OPACITY)]))
    probability = torch.softmax(logits[0], dim=0)
    assert float(found[0]) == pytest.approx(-math.log(float(probability[1])), rel=1e-5)
    assert float(found[1]) == pytest.approx(-math.log(1 - float(probability[2])), rel=1e-5)
