"""What tuning chooses from candidates, with figures that say how much of it is luck.

Overlap, relative suppression and score are chosen on the dataset's images. The extent of boxes (size or scale) is
chosen on the consensus-read images where the dataset has them, because their kind of box is what a test asks for: half
of their persons choose, the other half only reports. Elsewhere the extent is chosen with the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cxr_viewer.core.candidates import SelectionRules, Thresholds
from model_training.bootstrap import Interval, interval
from model_training.curves import Floats
from model_training.evaluation import Evaluation, evaluate
from model_training.held_out_predictions import Basis, Plan, Predicted, Predictions
from model_training.run_folder import FittedMember
from model_training.score_thresholds import SCORE_GRID, cross_fit, first_half, weighted_mean
from model_training.settings_search import (
    EXTENT,
    Settings,
    Step,
    Tables,
    best_score,
    cross_fitted_search,
    extents,
    paired_gain,
    search,
    step,
)


@dataclass(frozen=True, slots=True, eq=False)
class ConsensusCheck:
    """The extent, chosen on one half of the consensus-read persons and measured on the other.

    Attributes:
        chose, reports: images of either half.
        step: the choice.
        gain: of the chosen extent over the default one at the same score, on the reporting half, paired.
        evaluation: on the reporting half, at the settings chosen.
    """

    chose: int
    reports: int
    step: Step
    gain: Interval
    evaluation: Evaluation


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Everything that tuning found.

    Attributes:
        thresholds, rules: chosen.
        members: of the bundle's ensemble.
        per_image: members behind each image that chose.
        steps: of the search.
        in_sample: the metric on the images that chose: optimistic.
        cross_fitted: the metric with the whole search done by the other half of the persons.
        gain: of the search over the defaults with a score threshold alone; cross-fitted, paired.
        evaluation: all figures on the images that chose, at the settings chosen on them; its metric is in-sample.
        consensus: or None where the dataset has no such images.
        by_samples, ensemble: mean precision over ``SCORE_GRID`` at default settings, of single checkpoints by the
            samples that they had seen, and of the ensemble.
        notes: what the reader of the figures must know, in sentences.
    """

    thresholds: Thresholds
    rules: SelectionRules
    members: tuple[FittedMember, ...]
    per_image: int
    steps: tuple[Step, ...]
    in_sample: float
    cross_fitted: Interval
    gain: Interval
    evaluation: Evaluation
    consensus: ConsensusCheck | None
    by_samples: Mapping[int, Floats]
    ensemble: Floats
    notes: tuple[str, ...]

    @property
    def shipped(self) -> Evaluation:
        """The evaluation that a bundle carries: of the settings that it gets."""
        return self.evaluation if self.consensus is None else self.consensus.evaluation

    def text(self) -> str:
        """Return the choice as plain lines."""
        lines = [
            f"{len(self.members)} members, {self.evaluation.dataset}: score {self.thresholds.score:g}, overlap "
            f"{self.thresholds.overlap:g}, size {self.thresholds.size_text}, relative {self.rules.relative:g}, scale "
            f"{self.rules.scale:g}",
            f"  mean precision on the images that chose: {self.in_sample:.3f} (optimistic)",
            f"  the same, everything chosen by the other half of the persons: {self.cross_fitted}",
            f"  gain over the default settings, likewise: {self.gain}",
        ]
        for own in self.steps:
            taken = "taken" if own.chosen == own.best else "not taken, within noise"
            kept = "the value in force is best" if own.best == own.tried[0].settings else f"{own.best_text}, {taken}"
            lines.append(f"  {own.name}: {kept}; cross-fitted gain of choosing it {own.gain}")
        if self.consensus is not None:
            lines.append(
                f"  extent on {self.consensus.reports} consensus-read images that did not choose it: "
                f"{self.consensus.evaluation.mean_precision}, gain {self.consensus.gain}"
            )
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])


def choose(predictions: Predictions, planned: Plan, members: Sequence[FittedMember], name: str) -> Choice:
    """Search and measure.

    Args:
        predictions: candidates of all images.
        planned: who predicted what.
        members: of the bundle's ensemble.
        name: of the dataset, for reports.
    """
    tables = Tables(predictions.images)
    with_extent = predictions.consensus is None
    steps = search(tables, np.ones(len(tables.persons), dtype=np.bool_), with_extent)
    settings = steps[-1].chosen
    score, in_sample = best_score(tables.of(settings))
    found = predictions.images.found(settings.thresholds(), settings.rules)
    told = f"{predictions.images.members} of {len(members)} members" if planned.is_out_of_fold else "all members"
    evaluation = evaluate(told, f"{name} ({planned.basis})", found, score, "best on these very images")

    honest = cross_fitted_search(tables, with_extent)
    plain = cross_fit([tables.of(Settings())], tables.persons)
    cross = interval(tables.persons, lambda weights: float(weighted_mean(honest[:, None], weights)[0]))
    check = None
    if predictions.consensus is not None:
        check = _on_consensus(predictions.consensus, settings, score, name)
        settings, steps = check.step.chosen, (*steps, check.step)
    return Choice(
        thresholds=settings.thresholds(score),
        rules=settings.rules,
        members=tuple(members),
        per_image=predictions.images.members,
        steps=steps,
        in_sample=in_sample,
        cross_fitted=cross,
        gain=paired_gain(tables.persons, honest, plain),
        evaluation=replace(evaluation, cross_mean_precision=cross.value),
        consensus=check,
        by_samples={samples: _means(own) for samples, own in predictions.by_samples.items()},
        ensemble=weighted_mean(tables.of(Settings())),
        notes=tuple(_notes(predictions, planned, len(members))),
    )


def _on_consensus(predicted: Predicted, settings: Settings, score: float, name: str) -> ConsensusCheck:
    """Choose the extent on half of the consensus-read persons; the other half measures it at the score in force."""
    tables = Tables(predicted)
    choosing = first_half(tables.persons)
    made = step(EXTENT, tables, choosing, settings, extents(settings, predicted.members))
    reporting = predicted.part(~choosing)
    persons = np.unique(tables.persons[~choosing], return_inverse=True)[1].astype(np.int64)
    column = SCORE_GRID.index(score)
    with_it, without = (tables.of(own)[~choosing, column] for own in (made.chosen, settings))
    found = reporting.found(made.chosen.thresholds(), made.chosen.rules)
    told = f"{name} (consensus-read, half that chose nothing)"
    return ConsensusCheck(
        chose=int(choosing.sum()),
        reports=int((~choosing).sum()),
        step=made,
        gain=paired_gain(persons, with_it, without),
        evaluation=evaluate("all members", told, found, score, "best on the other images"),
    )


def _means(predicted: Predicted) -> Floats:
    return weighted_mean(Tables(predicted).of(Settings()))


def _notes(predictions: Predictions, planned: Plan, members: int) -> list[str]:
    per_image, consensus = predictions.images.members, predictions.consensus
    notes = []
    if planned.is_out_of_fold and per_image < members:
        notes.append(
            f"Each image was predicted by {per_image} of the {members} members; a mean over more members has fewer "
            "high scores, so that the ensemble's best score threshold may lie lower."
        )
    if planned.left_out:
        notes.append(f"{planned.left_out} images belong to folds without a run and were left out.")
    if (predictions.images if consensus is None else consensus).members == 1:
        notes.append("One member has no spread, so that the percentile shrink changes nothing; only scales were tried.")
    if consensus is None:
        notes.append(
            "There are no consensus-read images: the extent of boxes was chosen by the labels of the same images; "
            "where test boxes are drawn otherwise, it does not carry over."
        )
    if planned.basis is Basis.SEPARATE:
        notes.append("The settings were chosen on data that no run has seen.")
    return notes
