"""Bundles side by side on one dataset: figures, parts, paired differences from the first one, and a verdict on each.

Every bundle is measured at its own thresholds and rules, as the viewer would show it. The first one is the incumbent.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.detection import bundle as bundles
from model_training import curves, verdict
from model_training.bootstrap import Interval, interval
from model_training.comparison_groups import shares
from model_training.curves import Froc
from model_training.dataset import Dataset, PreparedExample
from model_training.dataset_detections import Found, detect
from model_training.evaluation import Measure, measures
from model_training.prediction import of_bundle
from model_training.verdict import Verdict

WHOLE = "all images"


class ComparisonError(Exception):
    """The bundles cannot be compared on these data; the message is a sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Entrant:
    """One bundle's detections.

    Attributes:
        name: for the reader; unique in a comparison.
        digest: of the bundle.
        score: its score threshold.
        found: detections under its own overlap, size and rules.
    """

    name: str
    digest: str
    score: float
    found: Found


@dataclass(frozen=True, slots=True)
class Cell:
    """Which figure: table, row, name, and how many images or opacities it rests on."""

    table: str
    row: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of all bundles; differences are from the first bundle, None for itself."""

    cell: Cell
    values: tuple[Interval, ...]
    differences: tuple[Interval | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """All figures; tuples in the order of the bundles, verdicts on all but the first."""

    dataset: str
    dataset_digest: str
    images: int
    persons: int
    names: tuple[str, ...]
    digests: tuple[str, ...]
    scores: tuple[float, ...]
    lines: tuple[Line, ...]
    froc: tuple[Froc, ...]
    verdicts: tuple[Verdict, ...]


def enter(
    folders: Sequence[Path],
    dataset: Dataset,
    backend: str = "auto",
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[Entrant, ...]:
    """Return every bundle's detections.

    Raises:
        ComparisonError: a bundle was trained on these data, as far as digests tell.
        BundleError, DetectorError, DatasetError: a bundle is refused, cannot run, or takes another image size.
    """
    read = [bundles.read(folder) for folder in folders]
    for bundle in read:
        check_unseen(bundle, dataset)
    titles = [bundle.title for bundle in read]
    entrants = []
    for number, (folder, bundle) in enumerate(zip(folders, read, strict=True), start=1):
        name = bundle.title if titles.count(bundle.title) == 1 else f"{bundle.title} [{number}]"
        found = detect(of_bundle(folder, backend), dataset, on_progress)
        entrants.append(Entrant(name, bundle.digest, bundle.thresholds.score, found))
    return tuple(entrants)


def check_unseen(bundle: bundles.ModelBundle, dataset: Dataset) -> None:
    """Raise ComparisonError where the digests say that a bundle was trained on these data.

    A bundle of several datasets, or of a chain of parents, has one digest over all of them, which tells nothing of one.
    """
    if bundle.training_data_digest in dataset.digests:
        raise ComparisonError(f"{bundle.title} was trained on {dataset.name}; compare on data that no bundle has seen.")


def compare(entrants: Sequence[Entrant], dataset: Dataset) -> Comparison:
    """Return all figures of at least two entrants on the same dataset."""
    first, persons = entrants[0], entrants[0].found.persons
    tables = [_measures(entrant, dataset.examples) for entrant in entrants]
    cells = [cell for cell in tables[0] if all(cell in table for table in tables)]
    lines = tuple(_line(persons, cell, [table[cell] for table in tables]) for cell in cells)
    return Comparison(
        dataset=dataset.name,
        dataset_digest=dataset.digest,
        images=len(dataset),
        persons=len(np.unique(persons)),
        names=tuple(entrant.name for entrant in entrants),
        digests=tuple(entrant.digest for entrant in entrants),
        scores=tuple(entrant.score for entrant in entrants),
        lines=lines,
        froc=tuple(curves.froc(curves.mark(own.found.boxes, own.found.scores, own.found.truths)) for own in entrants),
        verdicts=tuple(
            verdict.judge(first.name, entrant.name, dataset.name, _whole_differences(lines, number))
            for number, entrant in enumerate(entrants)
            if number
        ),
    )


def judge(incumbent: Entrant, challenger: Entrant, dataset: str) -> Verdict:
    """Return the verdict alone."""
    ours, theirs = measures(challenger.found, challenger.score), measures(incumbent.found, incumbent.score)
    persons = challenger.found.persons
    differences = {name: verdict.contrast(persons, theirs[name], ours[name])[1] for name in ours if name in theirs}
    return verdict.judge(incumbent.name, challenger.name, dataset, differences)


def _measures(entrant: Entrant, examples: Sequence[PreparedExample]) -> dict[Cell, Measure]:
    whole = measures(entrant.found, entrant.score)
    table = {Cell(WHOLE, WHOLE, name, len(examples)): measure for name, measure in whole.items()}
    parts = shares(entrant.found, examples, entrant.score)
    return table | {Cell(own.table, own.row, own.name, own.count): own.measure for own in parts}


def _line(persons: NDArray[np.int64], cell: Cell, own: Sequence[Measure]) -> Line:
    first = interval(persons, own[0])
    others = [verdict.contrast(persons, own[0], measure) for measure in own[1:]]
    return Line(cell, (first, *(value for value, _ in others)), (None, *(difference for _, difference in others)))


def _whole_differences(lines: Sequence[Line], number: int) -> Mapping[str, Interval]:
    chosen = {line.cell.name: line.differences[number] for line in lines if line.cell.table == WHOLE}
    return {name: difference for name, difference in chosen.items() if difference is not None}
