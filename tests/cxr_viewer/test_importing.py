"""Boxes of others become findings of their reader: matched, checked, written once, and seen after the own signature."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cxr_viewer.commands.import_boxes import app
from cxr_viewer.core.findings import Finding, FindingState, ReadingContext, Review, ReviewOutcome, add, now
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.interchange import boxes_of_others, coco, rsna_csv
from cxr_viewer.core.studies import Instance, InstanceKey
from cxr_viewer.dicom import catalogue, pixels
from cxr_viewer.importing import ImportReport, bring_in
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.records import IMPORT_GESTURE
from tests.factories import dicom_file, radiograph

BEN, ADA = "Dr. Ben", "ada"
ROWS, COLUMNS = 120, 100


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path / "journal.sqlite") as opened:
        yield opened


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    for number, name in enumerate(("first", "second", "third")):
        dicom_file(folder / f"{name}.dcm", radiograph(ROWS, COLUMNS, seed=number), SOPInstanceUID=f"1.2.3.{number}")
    return folder


def _key(path: Path) -> InstanceKey:
    return pixels.decode(path).key


def _bring_in(file: Path, archive: Path, journal: Journal, reader: str = BEN) -> ImportReport:
    instances = [each for each in catalogue.index([archive]) if isinstance(each, Instance)]
    return bring_in(boxes_of_others.read(file), reader, instances, pixels.decode, journal)


def _rsna(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(["patientId,x,y,width,height,Target", *rows]) + "\n", encoding="utf-8")
    return path


def _sign(journal: Journal, key: InstanceKey, reader: str = ADA) -> None:
    journal.append_review(key, Review(ReviewOutcome.NO_OPACITY, reader, now()))


def _boxes(findings: tuple[Finding, ...]) -> list[Box]:
    return [finding.box for finding in findings]


def test_boxes_come_in_by_stem_and_by_uid_as_findings_of_their_reader(
    tmp_path: Path, archive: Path, journal: Journal
) -> None:
    file = _rsna(
        tmp_path / "labels.csv", "first,10,20,30,40,1", "first,50,20,30,40,1", "1.2.3.1,5,6,20,20,1", "third,,,,,0"
    )
    report = _bring_in(file, archive, journal)
    assert (report.images, report.added, report.known, report.empty, report.left_out) == (2, 3, 0, 1, ())
    first, second = _key(archive / "first.dcm"), _key(archive / "second.dcm")
    found = journal.current_findings(first, BEN)
    assert _boxes(found) == [Box(10, 20, 40, 60), Box(50, 20, 80, 60)]
    assert {finding.state for finding in found} == {FindingState.ADDED}
    assert all(finding.origin is None for finding in found)
    assert _boxes(journal.current_findings(second, BEN)) == [Box(5, 6, 25, 26)]
    assert journal.current_findings(first, ADA) == ()
    assert journal.current_review(first, BEN) is None


def test_importing_twice_adds_nothing(tmp_path: Path, archive: Path, journal: Journal) -> None:
    file = _rsna(tmp_path / "labels.csv", "first,10,20,30,40,1", "second,5,6,20,20,1")
    _bring_in(file, archive, journal)
    before = journal.history(_key(archive / "first.dcm"))
    again = _bring_in(file, archive, journal)
    assert (again.added, again.known) == (0, 2)
    assert journal.history(_key(archive / "first.dcm")) == before
    more = _rsna(tmp_path / "more.csv", "first,10,20,30,40,1", "first,60,60,20,20,1")
    third = _bring_in(more, archive, journal)
    assert (third.added, third.known) == (1, 1)


def test_what_cannot_come_in_is_named_with_file_and_line(tmp_path: Path, archive: Path, journal: Journal) -> None:
    file = _rsna(
        tmp_path / "labels.csv", "nobody,1,1,5,5,1", "first,90,20,30,40,1", "first,60.5,20,40,40,1", "second,1,1,5,5,1"
    )
    report = _bring_in(file, archive, journal)
    assert report.left_out == (
        f"{file}, line 2: no image is called nobody",
        f"{file}, line 3: the box 90, 20 to 120, 60 leaves its image of 100 x 120 pixels",
    )
    assert report.text.splitlines()[0] == "2 boxes added on 2 images; 2 left out."
    assert _boxes(journal.current_findings(_key(archive / "first.dcm"), BEN)) == [Box(60.5, 20, 100, 60)]


def test_two_files_of_one_name_are_not_guessed_between(tmp_path: Path, archive: Path, journal: Journal) -> None:
    dicom_file(archive / "again" / "first.dcm", radiograph(ROWS, COLUMNS, seed=9), SOPInstanceUID="1.2.3.9")
    file = _rsna(tmp_path / "labels.csv", "first,10,20,30,40,1", "1.2.3.9,10,20,30,40,1")
    report = _bring_in(file, archive, journal)
    assert report.added == 1
    assert "2 images are called first" in report.left_out[0]


def test_boxes_are_not_mixed_with_what_their_reader_did_here(tmp_path: Path, archive: Path, journal: Journal) -> None:
    key = _key(archive / "first.dcm")
    journal.append_finding(key, add(Box(1, 1, 9, 9)), BEN, ReadingContext(), "Draw opacity")
    report = _bring_in(_rsna(tmp_path / "labels.csv", "first,10,20,30,40,1"), archive, journal)
    assert report.added == 0
    assert f"{BEN} has read this image here" in report.left_out[0]
    assert len(journal.current_findings(key, BEN)) == 1


def test_coco_comes_in_by_file_name_and_is_checked_against_its_stated_size(
    tmp_path: Path, archive: Path, journal: Journal
) -> None:
    file = tmp_path / "boxes.json"
    box = coco.LabelledBox("Nodule", Box(10, 20, 40, 60))
    opacity = coco.LabelledBox(coco.OPACITY, Box(50, 20, 70, 60))
    images = [
        coco.LabelledImage("images/first.dcm", ROWS, COLUMNS, (box, opacity)),
        coco.LabelledImage("second.png", 512, 512, (box,)),
        coco.LabelledImage("third.dcm", ROWS, COLUMNS),
    ]
    coco.write(file, images, "test")
    report = _bring_in(file, archive, journal)
    assert (report.added, report.empty) == (2, 1)
    assert report.left_out == (f"{file}, image second.png: the file says 512 x 512 pixels, the image has 100 x 120",)
    assert [found.comment for found in journal.current_findings(_key(archive / "first.dcm"), BEN)] == ["Nodule", ""]


def test_boxes_go_out_and_come_in_to_the_same_place(tmp_path: Path, archive: Path, journal: Journal) -> None:
    boxes = (Box(10.25, 20.5, 40.75, 60.125), Box(0, 0, 100, 120))
    rsna_csv.write_labels(tmp_path / "out.csv", [rsna_csv.LabelledImage("first", boxes)])
    labelled = tuple(coco.LabelledBox(coco.OPACITY, box) for box in boxes)
    coco.write(tmp_path / "out.json", [coco.LabelledImage("first.dcm", ROWS, COLUMNS, labelled)], "test")
    key = _key(archive / "first.dcm")
    for name, reader in (("out.csv", "csv"), ("out.json", "json")):
        _bring_in(tmp_path / name, archive, journal, reader)
        assert _boxes(journal.current_findings(key, reader)) == list(boxes)


def test_others_are_hidden_by_the_store_itself_until_the_own_signature_stands(
    tmp_path: Path, archive: Path, journal: Journal
) -> None:
    _bring_in(_rsna(tmp_path / "labels.csv", "first,10,20,30,40,1"), archive, journal)
    key = _key(archive / "first.dcm")
    assert journal.findings_of_others(key, ADA) == ()
    _sign(journal, key)
    [(name, finding)] = journal.findings_of_others(key, ADA)
    assert (name, finding.box) == (BEN, Box(10, 20, 40, 60))
    journal.append_withdrawal(key, ADA)
    assert journal.findings_of_others(key, ADA) == ()


def test_drafts_of_others_stay_hidden_and_signed_ones_show(archive: Path, journal: Journal) -> None:
    key = _key(archive / "first.dcm")
    journal.append_finding(key, add(Box(1, 1, 9, 9)), "cleo", ReadingContext(), "Draw opacity")
    _sign(journal, key)
    assert journal.findings_of_others(key, ADA) == ()
    journal.append_review(key, Review(ReviewOutcome.OPACITY, "cleo", now()))
    assert [name for name, _ in journal.findings_of_others(key, ADA)] == ["cleo"]
    assert journal.findings_of_others(key, "dora") == ()


def test_the_command_imports_reports_and_refuses_in_sentences(tmp_path: Path, archive: Path) -> None:
    file = _rsna(tmp_path / "labels.csv", "first,10,20,30,40,1", "nobody,1,1,5,5,1")
    store, text = tmp_path / "j.sqlite", tmp_path / "report.txt"
    call = [str(file), "--reader", BEN, "--images", str(archive), "--store", str(store), "--report", str(text)]
    done = CliRunner().invoke(app, call)
    assert done.exit_code == 0, done.output
    assert "1 box added on 1 image; 1 left out." in done.output
    assert f"{file}, line 3: no image is called nobody" in text.read_text(encoding="utf-8")
    with Journal.open(store) as journal:
        [entry] = journal.history(_key(archive / "first.dcm"))
        assert (entry.reader, entry.name) == (BEN, IMPORT_GESTURE)
    assert CliRunner().invoke(app, [*call[:2], " ", *call[3:]]).exit_code == 2
    broken = _rsna(tmp_path / "broken.csv", "first,10,20,wide,40,1")
    refused = CliRunner().invoke(app, [str(broken), *call[1:]])
    assert refused.exit_code == 1
    assert "line 2" in refused.output
