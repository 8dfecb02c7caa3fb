"""Tests of what is learned from signed reviews."""

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cxr_viewer.core import correction_set
from cxr_viewer.core.correction_set import ReviewedInstance
from cxr_viewer.core.findings import FindingState, ReviewOutcome
from cxr_viewer.core.geometry import Box
from model_training import corrections
from model_training.example import Example, ImageClass
from tests.factories import BOX, MEAN_BOX, finding, reviewed_instance

FAR = Box(60, 80, 90, 110)


def learned(tmp_path: Path, *reviews: ReviewedInstance) -> list[Example]:
    """Write the reviews as a set and read it as examples."""
    folder = tmp_path / "set"
    entries = [(review, b"image") for review in reviews]
    correction_set.write(folder, entries, "1", datetime(2024, 6, 1, tzinfo=UTC))
    return list(corrections.read([folder]).examples)


def test_accepted_findings_teach_the_mean_box_and_drawn_ones_their_own(tmp_path: Path) -> None:
    (example,) = learned(
        tmp_path,
        reviewed_instance(
            finding(FindingState.ACCEPTED, uid="1"),
            finding(FindingState.ADJUSTED, FAR, uid="2"),
            finding(FindingState.ADDED, Box(1, 2, 9, 9), uid="3"),
            finding(FindingState.REMOVED, Box(50, 50, 59, 59), uid="4"),
        ),
    )
    assert example.boxes == (MEAN_BOX, FAR, Box(1, 2, 9, 9))
    assert example.hard_negatives == ()
    assert example.image_class is ImageClass.OPACITY
    assert example.path == tmp_path / "set" / "images" / f"{'a' * 64}.dcm"
    assert example.source == corrections.SOURCE


def test_rejected_findings_are_hard_negatives_unless_a_true_box_is_there(tmp_path: Path) -> None:
    rejected = finding(FindingState.REJECTED, uid="1")
    alone, beside = learned(
        tmp_path,
        reviewed_instance(rejected, outcome=ReviewOutcome.NO_OPACITY),
        reviewed_instance(rejected, finding(FindingState.ADDED, BOX, uid="2"), key="c" * 64),
    )
    assert alone.boxes == ()
    assert alone.hard_negatives == (MEAN_BOX,)
    assert alone.image_class is ImageClass.NO_OPACITY
    assert beside.boxes == (BOX,)
    assert beside.hard_negatives == ()


def test_a_signed_absence_is_a_negative_and_an_unreadable_image_teaches_nothing(tmp_path: Path) -> None:
    examples = learned(
        tmp_path,
        reviewed_instance(outcome=ReviewOutcome.NO_OPACITY),
        reviewed_instance(key="c" * 64, outcome=ReviewOutcome.UNREADABLE),
    )
    assert [example.key for example in examples] == ["a" * 64]
    assert examples[0].boxes == ()
    assert examples[0].image_class is ImageClass.NO_OPACITY


def test_of_several_readers_the_last_signature_counts(tmp_path: Path) -> None:
    first = reviewed_instance(finding(), reader="ada")
    later = dataclasses.replace(
        reviewed_instance(reader="bob", outcome=ReviewOutcome.NO_OPACITY),
        signed_at=first.signed_at + timedelta(hours=1),
    )
    (example,) = learned(tmp_path, later, first)
    assert example.image_class is ImageClass.NO_OPACITY
