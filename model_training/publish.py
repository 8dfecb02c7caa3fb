"""Finished runs become a model bundle: members, OpenVINO graphs, thresholds, figures and a model card.

Thresholds and figures are measured on the written bundle itself, by the engine that the viewer uses.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cxr_viewer import __version__
from cxr_viewer.core.candidates import Thresholds
from cxr_viewer.core.whole_folder import check_is_free, written_whole
from cxr_viewer.detection import bundle as bundles
from cxr_viewer.detection.bundle import Member, ModelBundle, Validation
from cxr_viewer.detection.member_files import write_member
from model_training import comparison, evaluation, prediction, validation
from model_training.comparison import Entrant
from model_training.dataset import Dataset
from model_training.dataset_detections import detect
from model_training.ensemble_members import last_checkpoints, read_runs
from model_training.evaluation import Evaluation
from model_training.gate.bundle_gate import put_gate
from model_training.gate.fitting import fit_gate
from model_training.model_card import model_card
from model_training.publish_request import PublishError, PublishRequest, check, tuned_settings
from model_training.run_folder import FittedMember
from model_training.score_thresholds import best_threshold
from model_training.training_ranges import of_members
from model_training.tuning_file import TunedSettings

INTENDED_USE = "Research and teaching on frontal chest radiographs. Not a medical device, not for diagnosis."
CARD_FILE = "MODEL_CARD.md"

Progress = Callable[[int, int], None] | None


def publish(request: PublishRequest, on_progress: Progress = None) -> ModelBundle:
    """Write the bundle, whole or not at all, and return it.

    Raises:
        EnsembleError: the runs do not fit together.
        PublishError: the test data are what was tuned or trained on, the tuning file is another ensemble's, or the
            bundle is worse than its parent on the test data.
        ComparisonError: the parent was trained on the test data.
        TuningError: the tuning file cannot be used.
        FitError: a folder holds no finished run.
        GateError: the phantoms do not make a gate.
        BundleError: the parent is refused.
        FolderInUseError: ``out`` holds something.
    """
    check_is_free(request.out)
    members = last_checkpoints(read_runs(request.runs, request.checkpoints), request.checkpoints)
    parent = None if request.parent is None else bundles.read(request.parent)
    check(request, members, parent)
    tuned = tuned_settings(request, members)
    with written_whole(request.out, last=bundles.BUNDLE_FILE) as stage:
        _write(request, members, parent, tuned, stage, on_progress)
    return bundles.read(request.out)


def _write(
    request: PublishRequest,
    members: Sequence[FittedMember],
    parent: ModelBundle | None,
    tuned: TunedSettings | None,
    stage: Path,
    on_progress: Progress,
) -> None:
    written = tuple(
        write_member(member.network(), stage, number, _fold_text(member, request.checkpoints), request.half)
        for number, member in enumerate(members, start=1)
    )
    given = tuned or parent
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
        thresholds=given.thresholds if given else Thresholds(prediction.UNTUNED_SCORE, prediction.DEFAULT_OVERLAP),
        rules=given.rules if given else prediction.DEFAULT_RULES,
        validation=tuned.validation if tuned else Validation(),
        training_data_digest=_training_digest(members, parent),
        code_version=__version__,
        graph_precision="fp16" if request.half else "fp32",
        training_range=of_members(members, parent),
    )
    bundles.write(draft, _files(stage, written))
    measured = None
    if request.tuning is not None:
        score = _tuned_score(stage, request.tuning, on_progress)
        draft = replace(draft, thresholds=replace(draft.thresholds, score=score))
        bundles.write(draft, _files(stage, written))
    dataset = request.test or request.tuning
    if dataset is not None:
        measured = _measure(stage, dataset, _origin(request, tuned), on_progress, request)
        draft = replace(draft, validation=validation.of_evaluation(measured))
    observed = [_measure(stage, one, "the bundle's", on_progress) for one in request.observed]
    fitted = None if request.gate is None else fit_gate(request.gate, request.gate_recipe)
    card, gate = put_gate(stage, model_card(draft, members, measured, observed), fitted, parent)
    (stage / CARD_FILE).write_text(card, encoding="utf-8")
    files = _files(stage, written) | {name: stage / name for name in (CARD_FILE, gate) if name}
    bundles.write(replace(draft, gate=gate), files)


def _tuned_score(stage: Path, tuning: Dataset, on_progress: Progress) -> float:
    ensemble = prediction.of_bundle(stage)
    return best_threshold(detect(ensemble, tuning, on_progress))[0]


def _measure(
    stage: Path, dataset: Dataset, origin: str, on_progress: Progress, request: PublishRequest | None = None
) -> Evaluation:
    """Return the figures of the bundle as written; where it is published with a parent, refuse a worse one first."""
    ensemble = prediction.of_bundle(stage)
    found = detect(ensemble, dataset, on_progress)
    score = ensemble.thresholds.score
    if request is not None and request.parent is not None and dataset is request.test:
        _compare_with_parent(request, request.parent, Entrant(request.name, "", score, found), dataset, on_progress)
    return evaluation.evaluate(ensemble.name, dataset.name, found, score, origin)


def _compare_with_parent(
    request: PublishRequest, parent: Path, child: Entrant, dataset: Dataset, on_progress: Progress
) -> None:
    (incumbent,) = comparison.enter([parent], dataset, on_progress=on_progress)
    said = comparison.judge(incumbent, child, dataset.name)
    if said.is_worse and not request.although_worse:
        raise PublishError(f"{said.sentence} Nothing was published; --although-worse publishes it all the same.")


def _origin(request: PublishRequest, tuned: TunedSettings | None) -> str:
    if tuned is not None:
        return f"tuned on {tuned.dataset}"
    return f"best on {request.tuning.name}" if request.tuning is not None else "not tuned"


def _files(stage: Path, members: tuple[Member, ...]) -> dict[str, Path]:
    return {name: stage / name for member in members for name in member.files}


def _fold_text(member: FittedMember, checkpoints: int) -> str:
    fold = member.record.get("fold")
    text = "all data" if fold is None else f"all but fold {fold} of {member.record['fold_count']}"
    return text if checkpoints == 1 else f"{text}, after {member.samples} samples"


def _learned_from(members: Sequence[FittedMember], parent: ModelBundle | None) -> str:
    names = sorted({str(member.record["dataset"]) for member in members})
    if parent is None:
        return f"Trained on {', '.join(names)}."
    return f"{parent.learned_from.rstrip()} Then fitted to {', '.join(names)}."


def _training_digest(members: Sequence[FittedMember], parent: ModelBundle | None) -> str:
    """Return the data set's digest, or one over all of them (and the parent's) where there are several."""
    digests = sorted({str(member.record["dataset_digest"]) for member in members})
    if parent is not None:
        digests.append(parent.training_data_digest)
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
