"""Focal, smooth-L1 and image-class losses of the detector (facts section 2; focal: Lin et al. 2017, arXiv 1708.02002).

Everything is computed from logits in float32, whatever the precision of the network: with probabilities in half
precision 1 - 1e-4 rounds to 1 and its logarithm is infinite.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor
from torch.nn import functional

from model_training.example import ImageClass
from model_training.targets import IGNORED, POSITIVE, Targets


class Normalisation(StrEnum):
    """What the anchors' losses are divided by."""

    IMAGE = "image"
    """Each image by its own positives, then the mean over the batch (the paper's code)."""
    BATCH = "batch"
    """The sum over the batch by all its positives (steadier for small batches with many negatives)."""


@dataclass(frozen=True, slots=True)
class LossRules:
    """Weights and constants of the loss; the defaults are the 2018 recipe's.

    Attributes:
        classification_weight, regression_weight, global_weight: weights of the three parts.
        alpha, gamma: focal loss; alpha weighs positives, 1 - alpha negatives.
        beta: where smooth-L1 turns from square to line, in std-normalised deltas.
        probability_floor: probabilities are held in [floor, 1 - floor], as the paper's code does with 1e-4; 0 is exact.
        normalisation: see Normalisation.
    """

    classification_weight: float = 1.0
    regression_weight: float = 1.0
    global_weight: float = 0.1
    alpha: float = 0.25
    gamma: float = 2.0
    beta: float = 1 / 9
    probability_floor: float = 0.0
    normalisation: Normalisation = Normalisation.IMAGE


@dataclass(frozen=True, slots=True, eq=False)
class Losses:
    """The weighted sum, with gradient, and its parts, all scalars."""

    total: Tensor
    classification: Tensor
    regression: Tensor
    image_class: Tensor


def focal(logits: Tensor, positive: Tensor, rules: LossRules = LossRules()) -> Tensor:
    """Return the focal loss of each anchor.

    Args:
        logits: any shape.
        positive: the same shape, bool.
        rules: alpha, gamma and probability_floor are used.
    """
    logits = logits.float()
    if rules.probability_floor > 0:
        limit = math.log1p(-rules.probability_floor) - math.log(rules.probability_floor)
        logits = logits.clamp(-limit, limit)
    signed = torch.where(positive, logits, -logits)
    weight = torch.where(positive, rules.alpha, 1 - rules.alpha)
    return -weight * torch.sigmoid(-signed) ** rules.gamma * functional.logsigmoid(signed)


def smooth_l1(predicted: Tensor, wanted: Tensor, beta: float = 1 / 9) -> Tensor:
    """Return smooth-L1 of each delta: d^2 / (2 beta) up to beta, |d| - beta / 2 beyond."""
    return functional.smooth_l1_loss(predicted.float(), wanted.float(), beta=beta, reduction="none")


def image_class(logits: Tensor, classes: Tensor) -> Tensor:
    """Return the cross-entropy of each image, (B,).

    Args:
        logits: (B, 3), order of ImageClass.
        classes: (B,) int64 of ImageClass; NO_OPACITY means either of the two classes without opacity.
    """
    log_probability = functional.log_softmax(logits.float(), dim=1)
    without = torch.logsumexp(log_probability[:, : ImageClass.OPACITY], dim=1)
    known = classes.clamp(max=ImageClass.OPACITY)
    exact = log_probability.gather(1, known[:, None])[:, 0]
    return -torch.where(classes == ImageClass.NO_OPACITY, without, exact)


def detection(
    class_logits: Tensor,
    box_deltas: Tensor,
    global_logits: Tensor | None,
    targets: Sequence[Targets],
    classes: Tensor,
    rules: LossRules = LossRules(),
    divisor: Tensor | None = None,
) -> Losses:
    """Return the loss of a batch.

    Args:
        class_logits: (B, A).
        box_deltas: (B, A, 4), std-normalised.
        global_logits: (B, 3), or None without a global head: that part is then 0.
        targets: one per image.
        classes: (B,) int64 of ImageClass.
        rules: weights and constants.
        divisor: scalar; under ``Normalisation.BATCH`` it stands for the batch's own number of positives, where the
            batch is a share of a larger one.
    """
    labels = torch.stack([target.labels for target in targets])
    weights = torch.stack([target.weights for target in targets]) * (labels != IGNORED)
    classification = (focal(class_logits, labels == POSITIVE, rules) * weights).sum(dim=1)
    regression = torch.stack(
        [
            smooth_l1(deltas[target.positives], target.deltas, rules.beta).sum() / 4
            for deltas, target in zip(box_deltas, targets, strict=True)
        ]
    )
    counts = (labels == POSITIVE).sum(dim=1)
    if rules.normalisation is Normalisation.IMAGE:
        each = counts.clamp(min=1)
        classification, regression = (classification / each).mean(), (regression / each).mean()
    else:
        divisor = counts.sum().clamp(min=1) if divisor is None else divisor
        classification, regression = classification.sum() / divisor, regression.sum() / divisor
    whole = class_logits.new_zeros((), dtype=torch.float32)
    if global_logits is not None:
        whole = image_class(global_logits, classes).mean()
    total = (
        rules.classification_weight * classification
        + rules.regression_weight * regression
        + rules.global_weight * whole
    )
    return Losses(total, classification.detach(), regression.detach(), whole.detach())
