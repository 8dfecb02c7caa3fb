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
    assert example.reader == "bob"


def test_of_several_sets_with_one_image_the_last_signature_counts_and_the_other_is_named(tmp_path: Path) -> None:
    first = reviewed_instance(finding(), reader="ada")
    later = dataclasses.replace(first, reader="bob", signed_at=first.signed_at + timedelta(hours=1))
    for name, review in (("new", later), ("old", first)):
        correction_set.write(tmp_path / name, [(review, b"image")], "1", datetime(2024, 6, 1, tzinfo=UTC))
    labelled = corrections.read([tmp_path / "new", tmp_path / "old"])
    (example,) = labelled.examples
    assert (example.reader, example.path.parts[-3]) == ("bob", "new")
    (left_out,) = labelled.left_out
    assert left_out.startswith(f"{tmp_path / 'old'}, {'a' * 12} signed ")
    assert labelled.unknown_persons == 1


def test_an_opacity_without_a_box_teaches_nothing_and_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    reviews = [
        reviewed_instance(outcome=ReviewOutcome.OPACITY),
        reviewed_instance(finding(), key="c" * 64),
        reviewed_instance(key="d" * 64, outcome=ReviewOutcome.UNREADABLE),
    ]
    correction_set.write(folder, [(review, b"image") for review in reviews], "1", datetime(2024, 6, 1, tzinfo=UTC))
    labelled = corrections.read([folder])
    assert [example.key for example in labelled.examples] == ["c" * 64]
    without_box, unreadable = labelled.left_out
    assert "aaaaaaaaaaaa" in without_box
    assert "it says opacity but has no box" in without_box
    assert "the reader found it unreadable" in unreadable


def test_an_example_knows_its_reader_and_the_size_of_the_image_that_was_read(tmp_path: Path) -> None:
    review = reviewed_instance(finding(), reader="ada")
    (example,) = learned(tmp_path, review)
    assert example.reader == "ada"
    assert example.stated_size == (review.rows, review.columns)
