"""What leaves: signed reviews with salted keys and de-identified images, and nothing else; what stays is named."""

import dataclasses
import stat
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image

from cxr_viewer.core import correction_set
from cxr_viewer.core.findings import FindingState, ReviewOutcome
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.interchange import coco, rsna_csv
from cxr_viewer.core.whole_folder import FolderInUseError
from cxr_viewer.dicom import pixels
from cxr_viewer.export import ExportFormat, ExportSummary, export_reviews, salt_beside
from cxr_viewer.store.journal import Journal
from tests.cxr_viewer.reviews import sign
from tests.factories import dicom_file, finding, radiograph

SALT = b"s" * 32


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal."""
    with Journal.open(tmp_path / "journal.sqlite") as journal:
        yield journal


def _export(journal: Journal, out: Path, form: ExportFormat = ExportFormat.CORRECTIONS) -> ExportSummary:
    return export_reviews(journal.signed_reviews(), out, form, SALT, pixels.decode)


def test_signed_reviews_become_a_correction_set(journal: Journal, tmp_path: Path) -> None:
    path = dicom_file(tmp_path / "a.dcm")
    made = [finding(), finding(FindingState.REJECTED, uid="f2"), finding(FindingState.ADDED, uid="f3")]
    key = sign(journal, path, findings=made)
    summary = _export(journal, tmp_path / "out")
    assert (summary.reviews, summary.images, summary.left_out) == (1, 1, ())
    found = correction_set.read(tmp_path / "out")
    (review,) = found.reviews
    assert review.findings == tuple(made)
    assert (review.reader, review.outcome, review.rows, review.columns) == ("ada", ReviewOutcome.OPACITY, 256, 224)
    assert review.key != key
    assert pixels.decode(found.image_path(review.key)).key == key


def test_nothing_of_the_patient_leaves(journal: Journal, tmp_path: Path) -> None:
    path = dicom_file(tmp_path / "Invented^Name" / "a.dcm", PatientComments="secret", InstitutionName="St Invented")
    key = sign(journal, path, findings=[dataclasses.replace(finding(), reason="secret")], comment="secret")
    _export(journal, tmp_path / "out")
    original = pydicom.dcmread(path)
    told = [b"Invented", b"INVENTED", b"secret", key.encode(), str(original.SOPInstanceUID).encode()]
    for file in (tmp_path / "out").rglob("*"):
        for word in told:
            assert word not in (file.read_bytes() if file.is_file() else b"")
            assert word.decode() not in file.name


def test_labels_and_reasons_leave_as_codes_and_comments_stay(journal: Journal, tmp_path: Path) -> None:
    labelled = dataclasses.replace(finding(), label="effusion", comment="as Mrs Invented said")
    rejected = dataclasses.replace(finding(FindingState.REJECTED, uid="f2"), reason="rib or bone")  # as version 1 wrote
    sign(journal, dicom_file(tmp_path / "a.dcm"), findings=[labelled, rejected])
    _export(journal, tmp_path / "out")
    (review,) = correction_set.read(tmp_path / "out").reviews
    assert [(each.label, each.reason, each.comment) for each in review.findings] == [
        ("effusion", "", ""),
        ("", "bone", ""),
    ]
    assert (review.context.window, review.context.is_model_visible) == (None, None)


def test_same_instance_keeps_its_key_and_another_salt_gives_another(journal: Journal, tmp_path: Path) -> None:
    sign(journal, dicom_file(tmp_path / "a.dcm"))
    keys = []
    for name, salt in (("1", SALT), ("2", SALT), ("3", b"t" * 32)):
        export_reviews(journal.signed_reviews(), tmp_path / name, ExportFormat.CORRECTIONS, salt, pixels.decode)
        keys.append(correction_set.read(tmp_path / name).reviews[0].key)
    assert keys[0] == keys[1] != keys[2]


def test_burned_in_annotation_stays_and_is_named(journal: Journal, tmp_path: Path) -> None:
    sign(journal, dicom_file(tmp_path / "burned.dcm", radiograph(seed=1), BurnedInAnnotation="YES"))
    sign(journal, dicom_file(tmp_path / "clean.dcm", radiograph(seed=2), BurnedInAnnotation="NO"))
    summary = _export(journal, tmp_path / "out")
    (left_out,) = summary.left_out
    assert left_out.path == tmp_path / "burned.dcm"
    assert "burned" in left_out.reason
    assert summary.reviews == len(list((tmp_path / "out" / "images").iterdir())) == 1


def test_image_that_moved_or_changed_stays_and_is_named(journal: Journal, tmp_path: Path) -> None:
    gone, replaced = (dicom_file(tmp_path / name, radiograph(seed=seed)) for seed, name in enumerate(("gone", "other")))
    for path in (gone, replaced):
        sign(journal, path)
    gone.unlink()
    dicom_file(replaced, radiograph(seed=9))
    reasons = {left_out.path: left_out.reason for left_out in _export(journal, tmp_path / "out").left_out}
    assert "not where it was" in reasons[gone]
    assert "another image" in reasons[replaced]
    assert correction_set.read(tmp_path / "out").reviews == ()


def test_picture_without_header_leaves_as_dicom(journal: Journal, tmp_path: Path) -> None:
    Image.fromarray((radiograph() >> 4).astype(np.uint8)).save(tmp_path / "a.png")
    key = sign(journal, tmp_path / "a.png")
    _export(journal, tmp_path / "out")
    found = correction_set.read(tmp_path / "out")
    image = pydicom.dcmread(found.image_path(found.reviews[0].key))
    assert image.SOPClassUID.name == "Secondary Capture Image Storage"
    assert pixels.decode(found.image_path(found.reviews[0].key)).key == key


def test_boxes_are_cut_to_the_image_and_removed_ones_dropped(journal: Journal, tmp_path: Path) -> None:
    made = [
        finding(FindingState.ADDED, Box(-5, 10, 50, 300), "f1"),
        finding(FindingState.REMOVED, Box(1, 1, 5, 5), "f2"),
    ]
    sign(journal, dicom_file(tmp_path / "a.dcm"), findings=made)
    _export(journal, tmp_path / "out")
    (review,) = correction_set.read(tmp_path / "out").reviews
    assert [each.box for each in review.findings] == [Box(0, 10, 50, 256)]


def test_review_that_contradicts_itself_stays_and_is_named(journal: Journal, tmp_path: Path) -> None:
    sign(journal, dicom_file(tmp_path / "a.dcm"), ReviewOutcome.NO_OPACITY, [finding()])
    (left_out,) = _export(journal, tmp_path / "out").left_out
    assert "asserts one" in str(left_out)
    assert "a.dcm" in str(left_out)


def test_reviews_of_several_readers_share_one_image(journal: Journal, tmp_path: Path) -> None:
    path = dicom_file(tmp_path / "a.dcm")
    for reader in ("ada", "bob"):
        sign(journal, path, reader=reader)
    summary = _export(journal, tmp_path / "out")
    assert (summary.reviews, summary.images) == (2, 1)
    assert [review.reader for review in correction_set.read(tmp_path / "out").reviews] == ["ada", "bob"]


def test_withdrawn_review_does_not_leave(journal: Journal, tmp_path: Path) -> None:
    key = sign(journal, dicom_file(tmp_path / "a.dcm"))
    journal.append_withdrawal(key, "ada")
    assert _export(journal, tmp_path / "out").reviews == 0


@pytest.fixture
def mixed(journal: Journal, tmp_path: Path) -> dict[str, Path]:
    """Four instances: two boxes, no opacity, unreadable, opacity without a box; the first with an older review."""
    paths = {
        name: dicom_file(tmp_path / f"{name}.dcm", radiograph(seed=seed))
        for seed, name in enumerate(("boxes", "none", "unreadable", "unboxed"))
    }
    sign(journal, paths["boxes"], ReviewOutcome.NO_OPACITY, reader="bob", days=-1)
    two = [
        finding(),
        finding(FindingState.ADDED, Box(100.5, 20, 130, 64.25), "f2"),
        finding(FindingState.REJECTED, uid="f3"),
    ]
    sign(journal, paths["boxes"], findings=two)
    sign(journal, paths["none"], ReviewOutcome.NO_OPACITY)
    sign(journal, paths["unreadable"], ReviewOutcome.UNREADABLE)
    sign(journal, paths["unboxed"], ReviewOutcome.OPACITY)
    return paths


def test_rsna_files_hold_what_readers_assert(journal: Journal, mixed: dict[str, Path], tmp_path: Path) -> None:
    summary = _export(journal, tmp_path / "out", ExportFormat.RSNA)
    assert (summary.reviews, len(summary.left_out)) == (2, 3)
    first, second = rsna_csv.read(tmp_path / "out" / "labels.csv", tmp_path / "out" / "classes.csv")
    assert first.boxes == (Box(10, 20, 40, 60), Box(100.5, 20, 130, 64.25))
    assert first.image_class == "Lung Opacity"
    assert (second.boxes, second.image_class) == ((), "No Lung Opacity / Not Normal")
    for image, name in ((first, "boxes"), (second, "none")):
        copy = tmp_path / "out" / "images" / f"{image.image_id}.dcm"
        assert pixels.decode(copy).key == pixels.decode(mixed[name]).key


def test_coco_file_holds_what_readers_assert(journal: Journal, mixed: dict[str, Path], tmp_path: Path) -> None:
    summary = _export(journal, tmp_path / "out", ExportFormat.COCO)
    reasons = {left_out.path: left_out.reason for left_out in summary.left_out}
    assert "unreadable" in reasons[mixed["unreadable"]]
    assert "without a box" in reasons[mixed["unboxed"]]
    assert "later review" in reasons[mixed["boxes"]]
    first, second = coco.read(tmp_path / "out" / "coco.json")
    assert [each.box for each in first.boxes] == [Box(10, 20, 40, 60), Box(100.5, 20, 130, 64.25)]
    assert (first.rows, first.columns, second.boxes) == (256, 224, ())
    assert (tmp_path / "out" / first.file_name).is_file()


@pytest.mark.parametrize("form", list(ExportFormat))
def test_folder_that_holds_something_is_refused(form: ExportFormat, journal: Journal, tmp_path: Path) -> None:
    with pytest.raises(FolderInUseError, match="not empty"):
        _export(journal, tmp_path, form)


def test_salt_is_made_once_and_private(tmp_path: Path) -> None:
    salt = salt_beside(tmp_path / "journal.sqlite")
    assert len(salt) == 32
    assert salt_beside(tmp_path / "journal.sqlite") == salt
    assert salt_beside(tmp_path / "other.sqlite") != salt
    assert stat.S_IMODE((tmp_path / "journal.sqlite.salt").stat().st_mode) == 0o600
    assert len(list(tmp_path.iterdir())) == 2
