"""Finished runs become a model bundle: members, OpenVINO graphs, thresholds, figures and a model card.

Thresholds and figures are measured on the written bundle itself, by the engine that the viewer uses.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cxr_viewer import __version__
from cxr_viewer.core.candidates import SelectionRules, Thresholds
from cxr_viewer.core.whole_folder import check_is_free, written_whole
from cxr_viewer.detection import bundle as bundles
from cxr_viewer.detection.bundle import Member, ModelBundle, OperatingPoint, Validation
from cxr_viewer.detection.member_files import write_member
from model_training import curves, evaluation, prediction
from model_training.dataset import Dataset
from model_training.dataset_detections import detect
from model_training.evaluation import Evaluation
from model_training.model_card import model_card
from model_training.run_folder import FittedMember, read_member
from model_training.score_thresholds import SCORE_GRID, best_threshold

INTENDED_USE = "Research and teaching on frontal chest radiographs. Not a medical device, not for diagnosis."
UNTUNED_SCORE = 0.3
CARD_FILE = "MODEL_CARD.md"


class PublishError(Exception):
    """The runs do not make a bundle; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class PublishRequest:
    """What is published.

    Attributes:
        runs: folders of finished runs.
        out: new folder for the bundle.
        name, version: of the bundle.
        tuning: dataset that fixes the score threshold, or None.
        test: dataset whose figures the bundle carries; None takes the tuning dataset and says so.
        observed: datasets whose figures stand on the card only; nothing is chosen by them.
        parent: bundle that gives thresholds and rules where nothing is tuned, or None.
        learned_from: sentence on the training data; "" makes one from the runs and the parent.
        licence: of the weights.
        half: store weights and graphs as fp16.
    """

    runs: tuple[Path, ...]
    out: Path
    name: str
    version: str = "1"
    tuning: Dataset | None = None
    test: Dataset | None = None
    observed: tuple[Dataset, ...] = ()
    parent: Path | None = None
    learned_from: str = ""
    licence: str = "Apache-2.0"
    half: bool = True


def publish(request: PublishRequest, on_progress: Callable[[int, int], None] | None = None) -> ModelBundle:
    """Write the bundle, whole or not at all, and return it.

    Raises:
        PublishError: the runs do not fit together, or the test data are what was tuned or trained on.
        FitError: a folder holds no finished run.
        BundleError: the parent is refused.
        FolderInUseError: ``out`` holds something.
    """
    check_is_free(request.out)
    members = [read_member(folder) for folder in request.runs]
    _check(members, request)
    parent = None if request.parent is None else bundles.read(request.parent)
    with written_whole(request.out, last=bundles.BUNDLE_FILE) as stage:
        _write(request, members, parent, stage, on_progress)
    return bundles.read(request.out)


def _write(
    request: PublishRequest,
    members: list[FittedMember],
    parent: ModelBundle | None,
    stage: Path,
    on_progress: Callable[[int, int], None] | None,
) -> None:
    written = tuple(
        write_member(member.network(), stage, number, _fold_text(member), request.half)
        for number, member in enumerate(members, start=1)
    )
    draft = ModelBundle(
        folder=stage,
        digest="",
        name=request.name,
        version=request.version,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        licence=request.licence,
        intended_use=INTENDED_USE,
        learned_from=request.learned_from or _learned_from(members, parent),
        members=written,
        network=members[0].spec,
        thresholds=parent.thresholds if parent else Thresholds(UNTUNED_SCORE, prediction.DEFAULT_OVERLAP),
        rules=parent.rules if parent else SelectionRules(),
        validation=Validation(),
        training_data_digest=_training_digest(members, parent),
        code_version=__version__,
        graph_precision="fp16" if request.half else "fp32",
    )
    bundles.write(draft, _files(stage, written))
    measured = None
    if request.tuning is not None:
        score = _tuned_score(stage, request.tuning, on_progress)
        draft = replace(draft, thresholds=replace(draft.thresholds, score=score))
        bundles.write(draft, _files(stage, written))
    dataset = request.test or request.tuning
    if dataset is not None:
        origin = f"best on {request.tuning.name}" if request.tuning is not None else "not tuned"
        measured = _measure(stage, dataset, origin, on_progress)
        draft = replace(draft, validation=_validation(measured))
    observed = [_measure(stage, one, "the bundle's", on_progress) for one in request.observed]
    card = model_card(draft, [member.record for member in members], measured, observed)
    (stage / CARD_FILE).write_text(card, encoding="utf-8")
    bundles.write(draft, {**_files(stage, written), CARD_FILE: stage / CARD_FILE})


def _check(members: list[FittedMember], request: PublishRequest) -> None:
    if any(member.spec != members[0].spec for member in members):
        raise PublishError("The runs have different networks; the members of a bundle share one anchor grid.")
    samples = {member.record["samples"] for member in members}
    if len(samples) > 1:
        raise PublishError(
            f"The runs saw different numbers of samples ({', '.join(map(str, sorted(samples)))}); averaging members of "
            "unequal strength makes the ensemble worse than its best member. Fit them alike."
        )
    learned = {member.record["dataset_digest"] for member in members}
    for dataset in (request.tuning, request.test, *request.observed):
        if dataset is not None and dataset.digest in learned:
            raise PublishError(f"The dataset {dataset.name} was trained on; take another one for tuning and figures.")
    if request.tuning is not None and request.test is not None and request.tuning.digest == request.test.digest:
        raise PublishError("Tuning and test dataset are the same; take two.")


def _tuned_score(stage: Path, tuning: Dataset, on_progress: Callable[[int, int], None] | None) -> float:
    ensemble = prediction.of_bundle(stage)
    return best_threshold(detect(ensemble, tuning, on_progress))[0]


def _measure(stage: Path, dataset: Dataset, origin: str, on_progress: Callable[[int, int], None] | None) -> Evaluation:
    ensemble = prediction.of_bundle(stage)
    found = detect(ensemble, dataset, on_progress)
    return evaluation.evaluate(ensemble.name, dataset.name, found, ensemble.thresholds.score, origin)


def _validation(measured: Evaluation) -> Validation:
    return Validation(
        dataset=measured.dataset,
        images=measured.images,
        metrics=measured.figures(),
        froc=operating_points(measured.froc),
    )


def operating_points(curve: curves.Froc) -> tuple[OperatingPoint, ...]:
    """Return what each tried score threshold gives on the curve's data set."""
    points = []
    for score in SCORE_GRID:
        above = (curve.scores >= score).sum()
        sensitivity = float(curve.sensitivity[above - 1]) if above else 0.0
        false = float(curve.false_positives[above - 1]) if above else 0.0
        points.append(OperatingPoint(score, round(sensitivity, 4), round(false, 4)))
    return tuple(points)


def _files(stage: Path, members: tuple[Member, ...]) -> dict[str, Path]:
    return {name: stage / name for member in members for name in member.files}


def _fold_text(member: FittedMember) -> str:
    fold = member.record.get("fold")
    return "all data" if fold is None else f"all but fold {fold} of {member.record['fold_count']}"


def _learned_from(members: list[FittedMember], parent: ModelBundle | None) -> str:
    names = sorted({str(member.record["dataset"]) for member in members})
    if parent is None:
        return f"Trained on {', '.join(names)}."
    return f"{parent.learned_from.rstrip()} Then fitted to {', '.join(names)}."


def _training_digest(members: list[FittedMember], parent: ModelBundle | None) -> str:
    """Return the data set's digest, or one over all of them (and the parent's) where there are several."""
    digests = sorted({str(member.record["dataset_digest"]) for member in members})
    if parent is not None:
        digests.append(parent.training_data_digest)
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
