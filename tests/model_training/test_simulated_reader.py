"""Tests of the simulated reader: what it signs is right, and training takes it."""

from pathlib import Path

import numpy as np
import pytest

from cxr_viewer.core import geometry
from cxr_viewer.core.candidates import Detections
from cxr_viewer.core.findings import FindingState, ReviewOutcome
from cxr_viewer.core.geometry import Box
from cxr_viewer.detection import load_detector
from model_training import corrections, rsna, simulated_reader
from model_training.phantom.archive import write_archive
from tests.bundle_factory import tiny_bundle

DIGEST = "d" * 64


def shown(*boxes: Box) -> Detections:
    stacked = geometry.stack(boxes)
    count = np.ones(len(boxes), np.int32)
    scores = np.linspace(0.9, 0.5, len(boxes)).astype(np.float32)
    anchors = np.arange(len(boxes), dtype=np.int32)
    return Detections(stacked, scores, anchors, count, 1, stacked, stacked, stacked)


def test_boxes_are_accepted_adjusted_rejected_and_added_by_their_overlap() -> None:
    good, loose, nothing = Box(0, 0, 100, 100), Box(200, 200, 300, 300), Box(500, 500, 600, 600)
    truths = (Box(0, 0, 100, 90), Box(200, 200, 300, 230), Box(800, 100, 900, 200))
    found = simulated_reader.judge(shown(good, loose, nothing), truths, DIGEST)
    states = [finding.state for finding in found]
    assert states == [FindingState.ACCEPTED, FindingState.ADJUSTED, FindingState.REJECTED, FindingState.ADDED]
    assert [finding.box for finding in found] == [good, truths[1], nothing, truths[2]]
    assert found[3].origin is None


@pytest.mark.parametrize(("height", "state"), [(50, FindingState.ACCEPTED), (20, FindingState.ADJUSTED)])
def test_an_overlap_at_the_limit_counts(height: float, state: FindingState) -> None:
    (finding,) = simulated_reader.judge(shown(Box(0, 0, 100, 100)), (Box(0, 0, 100, height),), DIGEST)
    assert finding.state is state


def test_one_truth_takes_one_box_the_other_is_rejected() -> None:
    found = simulated_reader.judge(shown(Box(0, 0, 100, 90), Box(0, 0, 100, 100)), (Box(0, 0, 100, 100),), DIGEST)
    assert [finding.state for finding in found] == [FindingState.REJECTED, FindingState.ACCEPTED]


def test_the_set_holds_the_truth_for_training(tmp_path: Path) -> None:
    phantoms = tmp_path / "phantoms"
    write_archive(phantoms, 4, 5, side=128, transfer_syntax="explicit")
    examples = rsna.read(
        phantoms / "images", phantoms / "labels.csv", phantoms / "classes.csv", persons_are_exams=True
    ).examples
    tiny_bundle(tmp_path / "bundle")
    told: list[tuple[int, int]] = []
    signed = simulated_reader.read(
        load_detector(tmp_path / "bundle", device="cpu"),
        examples,
        tmp_path / "set",
        lambda done, total: told.append((done, total)),
    )
    assert told[-1] == (4, 4)
    for review, example in zip(signed.reviews, examples, strict=True):
        assert (review.outcome is ReviewOutcome.OPACITY) == example.is_positive
    learned = corrections.read([tmp_path / "set"]).examples
    assert [len(own.boxes) for own in learned] == [len(own.boxes) for own in examples]
    assert sum(simulated_reader.gestures(signed).values()) == sum(len(review.findings) for review in signed.reviews)
