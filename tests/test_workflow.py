"""The whole loop: DICOM, detections, correction, correction set, examples, a short fit, a bundle, detections."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from cxr_viewer import resources
from cxr_viewer.commands import export, scan
from cxr_viewer.core import correction_set, geometry, suppression
from cxr_viewer.core.candidates import Detector, Thresholds
from cxr_viewer.core.findings import (
    FindingState,
    ReadingContext,
    Review,
    ReviewOutcome,
    accept,
    add,
    now,
    origin_of,
    reject,
)
from cxr_viewer.core.geometry import Box
from cxr_viewer.detection import anchors, load_detector, preprocessing
from cxr_viewer.detection.ensemble import Ensemble
from cxr_viewer.dicom import pixels, windowing
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.records import KnownInstance
from model_training.commands import main as cxr_train

READER = "ada"
SAME_PLACE = 0.5
"""IoU from which an anchor speaks of a box."""


@dataclass(frozen=True)
class Corrected:
    """One radiograph and what the reader said about the parent bundle's opinion of it."""

    path: Path
    rejected: Box
    added: Box


def score_at(detector: Detector, path: Path, box: Box) -> float:
    """Return the best mean score of any anchor at the place of a box, however low."""
    assert isinstance(detector, Ensemble)
    network = detector.bundle.network
    square, placement = preprocessing.letterbox(presentation(path), network.input_side)
    anchor_boxes = anchors.to_corners(anchors.grid(network.anchors, network.input_side))
    here = geometry.pairwise_iou(anchor_boxes, placement.to_network(box.as_array()))[:, 0] >= SAME_PLACE
    inputs = preprocessing.network_input(square)
    scores = np.mean([detector.run_member(member, inputs).scores for member in range(detector.members)], axis=0)
    return float(scores[here].max())


def presentation(path: Path) -> NDArray[np.uint8]:
    return windowing.presentation(pixels.decode(path))


def quietest_place(detector: Detector, path: Path) -> Box:
    """Return the place inside the chest where the detector is surest that there is nothing."""
    rows, columns = presentation(path).shape
    width, height = columns / 5, rows / 4
    places = [
        Box(x * columns, y * rows, x * columns + width, y * rows + height)
        for x in (0.2, 0.4, 0.6)
        for y in (0.25, 0.4, 0.55)
    ]
    return min(places, key=lambda place: score_at(detector, path, place))


def correct(parent: Detector, path: Path, journal: Journal) -> Corrected:
    """Reject the parent's best detection, accept the others, add a box where it saw nothing, and sign."""
    decoded = pixels.decode(path)
    candidates = parent.detect(presentation(path))
    thresholds = Thresholds(min(parent.thresholds.score, candidates.top_score), parent.thresholds.overlap)
    detections = suppression.select(candidates, thresholds, parent.rules)
    origins = [origin_of(detections, index, parent.digest) for index in range(len(detections))]
    corrected = Corrected(path, origins[0].shown_box, quietest_place(parent, path))

    context = ReadingContext(parent.digest, thresholds)
    journal.remember_instance(KnownInstance(decoded.key, candidates.rows, candidates.columns, path))
    findings = [reject(origins[0]), *(accept(origin) for origin in origins[1:]), add(corrected.added)]
    for finding in findings:
        journal.append_finding(decoded.key, finding, READER, context, "Judge")
    journal.append_review(decoded.key, Review(ReviewOutcome.OPACITY, READER, now(), context))
    return corrected


@pytest.fixture
def run() -> Callable[..., None]:
    """Run a command in this process and demand that it ends well."""
    runner = CliRunner()

    def call(command: str, *arguments: object) -> None:
        words = [str(argument) for argument in arguments]
        if command == "cxr-train":
            assert cxr_train(words) == 0
            return
        result = runner.invoke({"cxr-scan": scan.app, "cxr-export": export.app}[command], words)
        assert result.exit_code == 0, result.output

    return call


@pytest.mark.long
def test_what_a_reader_corrects_is_what_the_next_bundle_says(tmp_path: Path, run: Callable[..., None]) -> None:
    parent_folder = resources.path("models/demo")
    parent = load_detector(parent_folder, device="cpu")
    run("cxr-train", "phantom", tmp_path / "phantoms", "--count", 3, "--seed", 77, "--side", 512, "--opacity-share", 1)

    store = tmp_path / "journal.sqlite"
    images = sorted((tmp_path / "phantoms" / "images").glob("*.dcm"))
    with Journal.open(store) as journal:
        readings = [correct(parent, path, journal) for path in images]

    run("cxr-export", "--out", tmp_path / "corrections", "--store", store)
    exported = correction_set.read(tmp_path / "corrections")
    states = {finding.state for review in exported.reviews for finding in review.findings}
    assert len(exported.reviews) == len(images)
    assert states >= {FindingState.REJECTED, FindingState.ADDED}

    run("cxr-train", "import", "corrections", tmp_path / "corrections", "--side", 256, "--out", tmp_path / "dataset")
    runs = []
    for member in range(1, parent.members + 1):
        runs.append(tmp_path / f"run{member}")
        run(
            *("cxr-train", "fit", "--recipe", "finetune", "--dataset", tmp_path / "dataset", "--parent", parent_folder),
            *("--member", member, "--samples", 240, "--accelerator", "cpu", "--devices", 1, "--out", runs[-1]),
        )
    run("cxr-train", "publish", *runs, "--parent", parent_folder, "--name", "corrected", "--out", tmp_path / "bundle")

    child = load_detector(tmp_path / "bundle", device="cpu")
    assert child.members == parent.members
    assert child.digest != parent.digest
    for reading in readings:
        path = reading.path
        assert score_at(child, path, reading.added) > score_at(parent, path, reading.added)
        assert score_at(child, path, reading.rejected) < score_at(parent, path, reading.rejected)

    run("cxr-scan", tmp_path / "phantoms" / "images", "--bundle", tmp_path / "bundle", "--out", tmp_path / "scanned")
    rows = (tmp_path / "scanned" / "instances.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + len(images)
    assert all(",ok," in row for row in rows[1:])
