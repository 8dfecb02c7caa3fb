"""Whether a bundle should take the place of another one: the rule, and the sentence.

A bundle is worse when its metric is lower, at each bundle's own score threshold, or when sensitivity or image AUC is
lower beyond chance (95 % bootstrap over persons of the paired difference). It is better when it is not worse and its
metric is higher beyond chance. In between nothing is shown, and the one in place stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_training.bootstrap import Interval, middle, resamples
from model_training.evaluation import (
    FALSE_POSITIVES_PER_IMAGE,
    IMAGE_AUC,
    MEAN_PRECISION,
    Measure,
    sensitivity_name,
)

GUARDS = (*(sensitivity_name(rate) for rate in FALSE_POSITIVES_PER_IMAGE), IMAGE_AUC)
"""Figures that may not be lower beyond chance."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the differences say, and why, in a sentence."""

    is_worse: bool
    is_better: bool
    sentence: str


def contrast(persons: NDArray[np.int64], incumbent: Measure, challenger: Measure) -> tuple[Interval, Interval]:
    """Return the challenger's figure and its paired difference from the incumbent's, with intervals over persons."""
    whole = np.ones(len(persons))
    drawn = np.array([(challenger(own), incumbent(own)) for own in resamples(persons)]).reshape(-1, 2)
    value, reference = challenger(whole), incumbent(whole)
    return (
        Interval(value, *middle(drawn[:, 0])),
        Interval(value - reference, *middle(drawn[:, 0] - drawn[:, 1])),
    )


def judge(incumbent: str, challenger: str, dataset: str, differences: Mapping[str, Interval]) -> Verdict:
    """Return the verdict on a challenger from its differences by the names of ``evaluation.measures``."""
    gain = differences[MEAN_PRECISION]
    losses = [name for name in GUARDS if name in differences and differences[name].high < 0]
    told = f"mean precision {signed(gain)}"
    if gain.value < 0 or losses:
        reasons = [told, *(f"{name.replace('_', ' ')} {signed(differences[name])}" for name in losses)]
        sentence = f"not recommended: {challenger} is worse than {incumbent} on {dataset}: {', '.join(reasons)}."
        return Verdict(True, False, sentence)
    if gain.low > 0:
        sentence = f"recommended: {challenger} is better than {incumbent} on {dataset}: {told}."
        return Verdict(False, True, sentence)
    return Verdict(
        False,
        False,
        f"not recommended: {challenger} is not shown to be better than {incumbent} on {dataset}: {told}; keep "
        f"{incumbent}, or compare on more persons.",
    )


def signed(difference: Interval) -> str:
    """Return a difference with its sign and interval."""
    return f"{difference.value:+.3f} ({difference.low:+.3f} to {difference.high:+.3f})"
