"""Chooses between the shipped bundle and candidates by the rule of ``docs/adr/0012``, written before any table."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model_training import prediction
from model_training.bootstrap import Interval, interval
from model_training.curves import Floats
from model_training.dataset import Dataset
from model_training.dataset_detections import Found, detect
from model_training.evaluation import IMAGE_AUC, MEAN_PRECISION, measures, sensitivity_name
from model_training.score_thresholds import best_threshold, score_table, weighted_mean

FLOORS = {MEAN_PRECISION: 0.25, sensitivity_name(0.25): 0.60, IMAGE_AUC: 0.88}
"""Least figures on the first domain (floors of the phantom study for four members with strong randomisation)."""

LARGEST_BYTES = 24 * 1000 * 1000
"""What a bundle may weigh that ships with the program."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One bundle under the rule.

    Attributes:
        name: of the bundle.
        score: threshold that is best on the pooled tuning sets.
        figures: per domain, figures by name at that threshold.
        tables: per domain, metric of each image at the threshold, (I, 1); nan where an image is left out.
        size: of the folder in bytes.
    """

    name: str
    score: float
    figures: tuple[dict[str, float], ...]
    tables: tuple[Floats, ...]
    size: int

    @property
    def value(self) -> float:
        """Mean over the domains of the mean precision."""
        return float(np.mean([weighted_mean(table)[0] for table in self.tables]))

    @property
    def broken_rules(self) -> list[str]:
        """What speaks against shipping it, in words."""
        first = self.figures[0]
        found = [
            f"{name} is {first[name]:.3f} on the first domain, below {least:g}"
            for name, least in FLOORS.items()
            if not first[name] >= least
        ]
        if self.size > LARGEST_BYTES:
            found.append(f"it weighs {self.size / 1e6:.1f} MB, more than {LARGEST_BYTES / 1e6:.0f}")
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A candidate against the incumbent: difference of values, paired, with its 95 % interval over persons."""

    candidate: Candidate
    difference: Interval

    @property
    def replaces(self) -> bool:
        """Whether the rule lets the candidate replace the incumbent."""
        return self.difference.low > 0 and not self.candidate.broken_rules

    def text(self, domains: Sequence[Dataset]) -> str:
        """Return figures and verdict as lines."""
        lines = [*_lines(self.candidate, domains), f"  difference to the incumbent, paired: {self.difference}"]
        if self.replaces:
            return "\n".join([*lines, "  It replaces the incumbent."])
        reasons = self.candidate.broken_rules or ["its interval does not lie above zero"]
        return "\n".join([*lines, f"  It does not replace the incumbent: {'; '.join(reasons)}."])


def judge(
    folder: Path, tuning: Dataset, domains: Sequence[Dataset], on_progress: Callable[[int, int], None] | None = None
) -> Candidate:
    """Return a bundle's figures under the rule.

    Args:
        folder: of the bundle.
        tuning: fixes the threshold; all domains' tuning images together.
        domains: test sets; the floors hold on the first.
        on_progress: told (done, of) per dataset.

    Raises:
        BundleError, DetectorError, DatasetError: the bundle or a dataset cannot be used.
    """
    ensemble = prediction.of_bundle(folder)
    score = best_threshold(detect(ensemble, tuning, on_progress))[0]
    found = [detect(ensemble, domain, on_progress) for domain in domains]
    return Candidate(
        name=ensemble.name,
        score=score,
        figures=tuple(_figures(own, score) for own in found),
        tables=tuple(score_table(own, [score]) for own in found),
        size=sum(path.stat().st_size for path in folder.iterdir() if path.is_file()),
    )


def compare(candidate: Candidate, incumbent: Candidate, domains: Sequence[Dataset]) -> Comparison:
    """Return the paired difference of the values, candidate minus incumbent; persons are resampled within the whole."""
    persons, limits = _persons(domains)

    def difference(weights: Floats) -> float:
        parts = np.split(weights, limits)
        gains = [
            weighted_mean(own, part)[0] - weighted_mean(other, part)[0]
            for own, other, part in zip(candidate.tables, incumbent.tables, parts, strict=True)
        ]
        return float(np.mean(gains))

    return Comparison(candidate, interval(persons, difference))


def describe(incumbent: Candidate, domains: Sequence[Dataset]) -> str:
    """Return the incumbent's figures as lines."""
    return "\n".join(_lines(incumbent, domains))


def _figures(found: Found, score: float) -> dict[str, float]:
    weights = np.ones(len(found.boxes))
    return {name: measure(weights) for name, measure in measures(found, score).items()}


def _persons(domains: Sequence[Dataset]) -> tuple[NDArray[np.int64], list[int]]:
    """Return the number of each image's person over all domains, and where one domain ends and the next begins."""
    names = [f"{place}/{example.person}" for place, domain in enumerate(domains) for example in domain.examples]
    _, persons = np.unique(names, return_inverse=True)
    return persons.astype(np.int64), np.cumsum([len(domain) for domain in domains])[:-1].tolist()


def _lines(candidate: Candidate, domains: Sequence[Dataset]) -> list[str]:
    lines = [f"{candidate.name}: value {candidate.value:.4f} at score {candidate.score:.3f}"]
    for domain, figures in zip(domains, candidate.figures, strict=True):
        shown = [f"{name} {value:.3f}" for name, value in figures.items() if not math.isnan(value)]
        lines.append(f"  {domain.name}: {', '.join(shown)}")
    return lines
