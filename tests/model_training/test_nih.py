"""Tests of the import of ChestX-ray14: what is positive, what is negative, and what is neither."""

import gzip
from pathlib import Path

import pytest

from cxr_viewer.core.geometry import Box
from model_training import nih
from model_training.example import ImageClass
from model_training.label_files import LabelFileError, Labelled
from tests import real_data

BOXES = """Image Index,Finding Label,Bbox [x,y,w,h],,,
00000001_000.png,Infiltrate,225.5,547.0,86.5,79.25,,,
00000001_000.png,Atelectasis,10,10,20,20,,,
00000002_000.png,Mass,10,10,20,20,,,
"""
ENTRIES = """Image Index,Finding Labels,Follow-up #,Patient ID,OriginalImage[Width,Height],
00000001_000.png,Infiltration|Atelectasis,0,1,2682,2749,
00000002_000.png,Mass,0,2,2682,2749,
00000003_000.png,No Finding,0,3,2682,2749,
00000003_001.png,Pneumonia|Effusion,1,3,2682,2749,
00000004_000.png,Effusion,0,4,2682,2749,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images" / "images_001").mkdir(parents=True)
    names = ("00000001_000", "00000002_000", "images_001/00000003_000", "00000003_001", "00000004_000", "00000009_000")
    for name in names:
        (tmp_path / "images" / f"{name}.png").touch()
    return tmp_path


def read(
    folder: Path,
    boxes: str = BOXES,
    entries: str = ENTRIES,
    labels: tuple[str, ...] = nih.OPACITY_LABELS,
    leave_out_missing: bool = False,
) -> Labelled:
    (folder / "boxes.csv").write_text(boxes, encoding="utf-8")
    (folder / "entries.csv").write_text(entries, encoding="utf-8")
    used = folder / "entries.csv" if entries else None
    return nih.read(folder / "images", folder / "boxes.csv", used, labels, leave_out_missing=leave_out_missing)


def test_boxes_are_positive_no_finding_is_normal_and_the_rest_is_not_normal(folder: Path) -> None:
    labelled = read(folder)
    found = {example.key: (example.image_class, example.person) for example in labelled.examples}
    assert found == {
        "00000001_000": (ImageClass.OPACITY, "nih-00000001"),
        "00000002_000": (ImageClass.NOT_NORMAL, "nih-00000002"),
        "00000003_000": (ImageClass.NORMAL, "nih-00000003"),
        "00000004_000": (ImageClass.NOT_NORMAL, "nih-00000004"),
    }
    first = labelled.examples[0]
    assert first.boxes == (Box(225.5, 547, 312, 626.25),)
    assert first.label_places == (f"{folder / 'boxes.csv'}, line 2",)


def test_an_opacity_without_a_box_is_no_negative_and_is_left_out_by_name(folder: Path) -> None:
    labelled = read(folder)
    entry, other = labelled.left_out
    assert entry.endswith("line 5: 00000003_001.png has Pneumonia but no box of it: nothing is known about where")
    assert other.endswith("00000009_000.png: no label takes it")
    (warning,) = labelled.warnings
    assert "1 images have a label that counts as opacity but no box of it (00000003_001.png)" in warning


def test_the_user_says_which_labels_count(folder: Path) -> None:
    labelled = read(folder, labels=("Mass", "Infiltration", "Atelectasis"))
    boxes = {example.key: len(example.boxes) for example in labelled.examples}
    assert boxes == {"00000001_000": 2, "00000002_000": 1, "00000003_000": 0, "00000003_001": 0, "00000004_000": 0}
    assert labelled.warnings == ()
    with pytest.raises(LabelFileError, match="There is no label Pneumonitis in ChestX-ray14; it has Atelectasis"):
        read(folder, labels=("Pneumonitis",))


def test_boxes_of_some_opacities_only_are_told(folder: Path) -> None:
    entries = ENTRIES.replace("Infiltration|Atelectasis", "Infiltration|Atelectasis|Pneumonia")
    assert any(
        "1 images have boxes of some of their opacities only" in each for each in read(folder, entries=entries).warnings
    )


def test_without_entries_only_images_with_a_box_of_an_opacity_are_used(folder: Path) -> None:
    labelled = read(folder, entries="")
    assert [example.key for example in labelled.examples] == ["00000001_000"]
    assert any("boxes of Mass only" in sentence for sentence in labelled.left_out)


def test_compressed_entries_are_read(folder: Path) -> None:
    expected = read(folder).examples
    (folder / "entries.csv.gz").write_bytes(gzip.compress(ENTRIES.encode()))
    assert nih.read(folder / "images", folder / "boxes.csv", folder / "entries.csv.gz").examples == expected


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("Bbox [x,y", "x,y", r"line 1: the column 'Bbox \[x' is missing"),
        ("Mass,10,10,20,20", "Mass,10,10,20,-20", "line 4: the box is 20 wide and -20 high"),
        ("Mass,10,10,20,20", "Mass,10,NaN,20,20", "line 4: .*finite"),
        ("Mass,10,10,20,20", "Mass,10,10,20,", "line 4: .* should be 4 numbers"),
        ("Mass,10,10,20,20", "Mess,10,10,20,20", "line 4: there is no label 'Mess'"),
        ("00000002_000.png,Mass", ",Mass", "line 4: the image is empty"),
        ("00000002_000.png,Mass,10", "00000001_000.png,Atelectasis,10", r"line 4: repeats .*boxes\.csv, line 3"),
        ("00000002_000.png,Mass", "00000007_000.png,Mass", r"line 4: there is no entry of 00000007_000\.png"),
        (
            "00000002_000.png,Mass",
            "00000002_000.png,Nodule",
            r"line 4: the box is of Nodule, which .* has not \(.*line 3",
        ),
    ],
)
def test_a_wrong_box_is_named_with_file_and_line(folder: Path, before: str, after: str, sentence: str) -> None:
    with pytest.raises(LabelFileError, match=rf"boxes\.csv, {sentence}"):
        read(folder, boxes=BOXES.replace(before, after))


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("Patient ID", "Patient", "line 1: the column 'Patient ID' is missing"),
        ("Effusion,0,4", "Effusion,0,four", "line 6: 'four' is no number of a person"),
        ("Effusion,0,4", "Effusions,0,4", "line 6: there is no label 'Effusions'"),
        ("Effusion,0,4", "No Finding|Effusion,0,4", "line 6: No Finding stands beside findings"),
        ("00000004_000.png", "00000003_000.png", r"line 6: 00000003_000\.png is there already \(.*line 4\)"),
        ("00000004_000.png", "", "line 6: the image is empty"),
        ("00000004_000.png", "00000005_000.png", r"line 6: there is no image named 00000005_000\.png"),
    ],
)
def test_a_wrong_entry_is_named_with_file_and_line(folder: Path, before: str, after: str, sentence: str) -> None:
    with pytest.raises(LabelFileError, match=rf"entries\.csv, {sentence}"):
        read(folder, entries=ENTRIES.replace(before, after))


def test_missing_images_are_left_out_on_demand(folder: Path) -> None:
    labelled = read(folder, entries=ENTRIES.replace("00000004_000", "00000005_000"), leave_out_missing=True)
    assert len(labelled.examples) == 3
    assert any("there is no image named 00000005_000.png" in sentence for sentence in labelled.left_out)


def test_the_real_files_are_read_whole() -> None:
    labels = real_data.folder("labels/nih")
    images = real_data.folder("images/nih-cxr14")
    labelled = nih.read(
        images, labels / "BBox_List_2017.csv", labels / "Data_Entry_2017_v2020.csv.gz", leave_out_missing=True
    )
    without, partly = labelled.warnings
    assert "23854 images have a label that counts as opacity but no box" in without
    assert "67 images have boxes of some of their opacities only" in partly
    here = {path.stem for path in images.glob("*.png")}
    assert {example.key for example in labelled.examples} <= here
    entries = len(labelled.examples) + sum("no label takes it" not in sentence for sentence in labelled.left_out)
    assert entries == 112_120
    assert all(example.person == f"nih-{example.key[:8]}" for example in labelled.examples)
