"""Candidates for tuning: no network predicts an image that it learned from, and each image runs once.

On the dataset that the runs were fitted on, each fold's images are predicted by the runs that held that fold out, with
their checkpoints as one ensemble. Consensus-read images are in no fold, so that all members predict them. Of a dataset
that no run was fitted on, all members predict every image.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core.candidates import Candidates, SelectionRules, Thresholds
from model_training import fit
from model_training.dataset import Dataset, PreparedExample
from model_training.dataset_detections import Found, select_all
from model_training.ensemble_members import EnsembleError, RunMembers
from model_training.prediction import of_runs


class Basis(StrEnum):
    """Which images settings are chosen on."""

    OUT_OF_FOLD = "out of fold"
    SEPARATE = "separate"


@dataclass(frozen=True, slots=True)
class Team:
    """Runs that predict some images together."""

    runs: tuple[RunMembers, ...]
    images: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Who predicts what.

    Attributes:
        basis: see ``Basis``.
        teams: with images of their own.
        consensus: the team of the consensus-read images, or None where there are none.
        left_out: images that no team may predict, because no run held them out.
    """

    basis: Basis
    teams: tuple[Team, ...]
    consensus: Team | None
    left_out: int = 0

    @property
    def is_out_of_fold(self) -> bool:
        return self.basis is Basis.OUT_OF_FOLD


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """Candidates of some images, and what is true of them."""

    examples: tuple[PreparedExample, ...]
    candidates: tuple[Candidates, ...]

    @property
    def members(self) -> int:
        """Members behind each image."""
        return self.candidates[0].members

    def part(self, rows: NDArray[np.bool_]) -> "Predicted":
        """Return some of the images, ``rows`` (I,)."""
        kept = np.flatnonzero(rows)
        return Predicted(tuple(self.examples[i] for i in kept), tuple(self.candidates[i] for i in kept))

    def found(self, thresholds: Thresholds, rules: SelectionRules) -> Found:
        """Return the detections above the score floor under the overlap, size and rules in force."""
        return select_all(self.candidates, self.examples, thresholds, rules)


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """All candidates that tuning needs.

    Attributes:
        images: by the ensemble of each image's own team.
        by_samples: the same images by one checkpoint of each run, by the samples that it had seen.
        consensus: the consensus-read images by all members, or None where the dataset has none.
    """

    images: Predicted
    by_samples: Mapping[int, Predicted]
    consensus: Predicted | None


def plan(runs: Sequence[RunMembers], dataset: Dataset) -> Plan:
    """Return who predicts what.

    Raises:
        EnsembleError: a run learned from these data and held nothing out, or from a part of them, or folds differ.
    """
    consensus = tuple(index for index, example in enumerate(dataset.examples) if example.is_consensus)
    others = tuple(index for index, example in enumerate(dataset.examples) if not example.is_consensus)
    whole = Team(tuple(runs), consensus) if consensus else None
    learned = {str(run[-1].record["dataset_digest"]) for run in runs}
    if not any(run[-1].learned_digests & dataset.digests for run in runs):
        if not others:
            raise EnsembleError(f"The dataset {dataset.name} has consensus-read images only; add others.")
        return Plan(Basis.SEPARATE, (Team(tuple(runs), others),), whole)
    if learned != {dataset.digest}:
        raise EnsembleError(
            f"The dataset {dataset.name} is not all that the runs were fitted on, and not apart from it either; give "
            "the same --dataset in the same order as for the fit, or data that no run has seen."
        )
    teams = _teams(runs, dataset)
    return Plan(Basis.OUT_OF_FOLD, teams, whole, len(others) - sum(len(team.images) for team in teams))


def predict(
    planned: Plan,
    dataset: Dataset,
    checkpoints: int,
    device: str = "cpu",
    on_progress: Callable[[int, int], None] | None = None,
) -> Predictions:
    """Run every image once through all networks that may see it.

    Args:
        planned: who predicts what.
        dataset: opened.
        checkpoints: how many of each run make the ensemble; all that were kept stand in ``by_samples``.
        device: for torch, see ``prediction.of_runs``.
        on_progress: told (done, of).
    """
    runs = [run for team in planned.teams for run in team.runs]
    shared = sorted(set.intersection(*({member.samples for member in run} for run in runs)))
    teams = [*planned.teams, *([planned.consensus] if planned.consensus else [])]
    total, done = sum(len(team.images) for team in teams), 0
    together: dict[int, Candidates] = {}
    alone: dict[int, dict[int, Candidates]] = {samples: {} for samples in shared}
    for team in teams:
        members = [member for run in team.runs for member in run]
        last = {id(member) for run in team.runs for member in run[-checkpoints:]}
        ensemble = of_runs(members, "", device)
        for index in team.images:
            outputs = list(zip(members, ensemble.outputs(dataset, index), strict=True))
            together[index] = ensemble.merged([out for member, out in outputs if id(member) in last], dataset, index)
            for samples in shared:
                chosen = [out for member, out in outputs if member.samples == samples]
                alone[samples][index] = ensemble.merged(chosen, dataset, index)
            done += 1
            if on_progress is not None:
                on_progress(done, total)

    images = sorted(index for team in planned.teams for index in team.images)
    return Predictions(
        images=_predicted(dataset, images, together),
        by_samples={samples: _predicted(dataset, images, own) for samples, own in alone.items()},
        consensus=_predicted(dataset, planned.consensus.images, together) if planned.consensus else None,
    )


def _predicted(dataset: Dataset, images: Sequence[int], candidates: Mapping[int, Candidates]) -> Predicted:
    return Predicted(tuple(dataset.examples[index] for index in images), tuple(candidates[index] for index in images))


def _teams(runs: Sequence[RunMembers], dataset: Dataset) -> tuple[Team, ...]:
    """Return one team per fold that some run held out."""
    if any(run[-1].record["fold"] is None for run in runs):
        raise EnsembleError(
            f"A run learned from all of {dataset.name} and held no fold out; give data that no run has seen."
        )
    deals = {(run[-1].record["fold_count"], run[-1].record["fold_seed"]) for run in runs}
    if len(deals) > 1:
        raise EnsembleError("The runs dealt their folds differently (number or seed); tune runs of one deal.")
    (count, seed), *_ = deals
    by_fold: dict[int, list[RunMembers]] = {}
    for run in runs:
        by_fold.setdefault(int(run[-1].record["fold"]), []).append(run)
    if len({len(own) for own in by_fold.values()}) > 1:
        raise EnsembleError("Some folds have more runs than others; give the same number of runs for every fold.")
    return tuple(
        Team(tuple(own), tuple(fit.split(dataset, fold, count, seed)[1])) for fold, own in sorted(by_fold.items())
    )
