"""Do corrections help? A bundle, a reader on images of a shifted kind, a short fit, figures before and after."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from cxr_viewer.core import correction_set
from cxr_viewer.core.correction_set import CorrectionSet
from cxr_viewer.detection import bundle as bundles
from cxr_viewer.detection import load_detector
from model_training import corrections, fit, prediction, preparation, recipe, simulated_reader
from model_training.dataset import Dataset, open_folders
from model_training.dataset_detections import detect
from model_training.fit import FitRequest
from model_training.label_files import Labelled
from model_training.publish import publish
from model_training.publish_request import PublishRequest
from model_training.studies import corrections_report, measured_row
from model_training.studies.benchmark_data import PhantomMaker, Progress
from model_training.studies.corrections_plan import RECIPE, SHARE_CORRECTED, CorrectionsPlan
from model_training.studies.corrections_report import ALONE, BEFORE, MIXED, OLD, SHIFTED
from model_training.studies.measured_row import MeasuredRow
from model_training.studies.measuring import Opened, measure
from model_training.studies.running import say_of


@dataclass(frozen=True, slots=True)
class CorrectionsRequest:
    """What is asked for.

    Attributes:
        out: folder of the study; an unfinished one goes on.
        parent: bundle to start from.
        plan: its numbers.
        known: prepared datasets of the old kind that are mixed in; empty makes phantoms.
        workers: processes that make phantoms.
        threads: processor threads of a fit.
        accelerator: Lightning's.
    """

    out: Path
    parent: Path
    plan: CorrectionsPlan
    known: tuple[Path, ...] = ()
    workers: int = 1
    threads: int = 1
    accelerator: str = "auto"


def run(request: CorrectionsRequest, report: Callable[[str], None], progress: Progress) -> Path:
    """Run the study, or go on with it, and return the file with its table.

    Raises:
        BundleError, DetectorError: the parent is refused or cannot run.
        FolderInUseError: the folder holds another study.
    """
    plan, side = request.plan, bundles.read(request.parent).network.input_side
    maker = PhantomMaker(request.out, plan.phantom_side, side, request.workers, progress)
    shifted_images = maker.images(plan.corrected, SHARE_CORRECTED, plan.domain)
    signed = _corrected(request, shifted_images, progress)
    learned = preparation.prepare(
        corrections.read([signed.folder]).examples,
        request.out / "datasets" / "corrections",
        side,
        "corrections",
        request.workers,
    )
    known = request.known or (maker.dataset(plan.known, SHARE_CORRECTED),)
    old_tuning, new_tuning = maker.dataset(plan.old_tuning), maker.dataset(plan.new_tuning, domain=plan.domain)
    shifted, old = maker.dataset(plan.new_test, domain=plan.domain), maker.dataset(plan.old_test)
    opened = Opened(
        learned=open_folders([learned]),
        tuning=open_folders([old_tuning, new_tuning]),
        tests={SHIFTED: open_folders([shifted]), OLD: open_folders([old])},
    )
    folders = {
        BEFORE: request.parent,
        ALONE: _child(request, ALONE, opened.learned, report),
        MIXED: _child(request, MIXED, open_folders([learned, *known]), report),
    }
    rows = {name: _measured(request, name, folder, opened) for name, folder in folders.items()}
    return corrections_report.write(request.out, plan, rows, signed)


def _corrected(request: CorrectionsRequest, images: Labelled, progress: Progress) -> CorrectionSet:
    """Return the correction set of the simulated reader, made where it is missing."""
    out = request.out / "corrections"
    if not (out / "manifest.json").is_file():
        detector = load_detector(request.parent, threads=request.threads)
        simulated_reader.read(detector, images.examples, out, progress("corrected images"))
    return correction_set.read(out)


def _child(request: CorrectionsRequest, name: str, dataset: Dataset, report: Callable[[str], None]) -> Path:
    """Return the bundle of the parent's members, each fitted to a dataset; made where it is missing."""
    out = request.out / "bundles" / name
    if (out / bundles.BUNDLE_FILE).is_file():
        return out
    runs = []
    for member in range(1, len(bundles.read(request.parent).members) + 1):
        runs.append(request.out / "runs" / f"{name}-{member}")
        asked = FitRequest(
            recipe=recipe.read(RECIPE).with_samples(request.plan.samples),
            dataset=dataset,
            out=runs[-1],
            seed=request.plan.seed,
            parent=request.parent,
            parent_member=member,
            threads=request.threads,
            accelerator=request.accelerator,
        )
        fit.run(asked, partial(say_of, report, asked.out.name))
    publish(PublishRequest(tuple(runs), out, name, parent=request.parent))
    return out


def _measured(request: CorrectionsRequest, name: str, folder: Path, opened: Opened) -> MeasuredRow:
    asked: dict[str, Any] = {
        "bundle": bundles.read(folder).digest,
        "tuning": opened.tuning.digest,
        "tests": {test: dataset.digest for test, dataset in opened.tests.items()},
    }
    done = measured_row.read(request.out, name, asked)
    if done is None:
        ensemble = prediction.of_bundle(folder, threads=request.threads)
        row, found = measure(name, name, lambda dataset: detect(ensemble, dataset), opened, 0.0, float("nan"))
        measured_row.write(request.out, asked, row, found)
        done = measured_row.read(request.out, name, asked)
    assert done is not None
    return done
