"""Tests of the reader of RSNA label files, on small files and on the real ones."""

from pathlib import Path

import pytest

from cxr_viewer.core.geometry import Box
from model_training import rsna
from model_training.example import Example, ImageClass
from model_training.rsna import RsnaError
from tests import real_data

LABELS = """patientId,x,y,width,height,Target
a,,,,,0
b,264.0,152.0,213.0,379.0,1
b,562.0,152.0,256.0,453.0,1
c,,,,,0
"""
CLASSES = """patientId,class
a,No Lung Opacity / Not Normal
b,Lung Opacity
b,Lung Opacity
c,Normal
"""
MAPPING = """rsna_patientId,nih_image,mse,rsna_class
a,00000001_000.png,1.0,x
b,00000001_003.png,1.0,x
c,00000002_000.png,1.0,x
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images" / "deep").mkdir(parents=True)
    for name in ("a.dcm", "deep/b.dcm", "c.png", "b.png"):
        (tmp_path / "images" / name).touch()
    (tmp_path / "labels.csv").write_text(LABELS, encoding="utf-8")
    (tmp_path / "classes.csv").write_text(CLASSES, encoding="utf-8")
    (tmp_path / "mapping.csv").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def read(folder: Path, *, labels: str = LABELS, classes: str = CLASSES) -> list[Example]:
    (folder / "labels.csv").write_text(labels, encoding="utf-8")
    (folder / "classes.csv").write_text(classes, encoding="utf-8")
    return rsna.read(folder / "images", folder / "labels.csv", folder / "classes.csv", folder / "mapping.csv")


def test_exams_become_examples_with_their_boxes_classes_and_persons(folder: Path) -> None:
    first, second, third = read(folder)
    assert [own.key for own in (first, second, third)] == ["a", "b", "c"]
    assert first.boxes == ()
    assert second.boxes == (Box(264, 152, 477, 531), Box(562, 152, 818, 605))
    classes = [own.image_class for own in (first, second, third)]
    assert classes == [ImageClass.NOT_NORMAL, ImageClass.OPACITY, ImageClass.NORMAL]
    assert [own.person for own in (first, second, third)] == ["nih-00000001", "nih-00000001", "nih-00000002"]
    assert second.path == folder / "images" / "deep" / "b.dcm"
    assert second.label_places[1].endswith("labels.csv, line 4")


def test_without_classes_and_mapping_a_negative_exam_is_just_that_and_every_exam_a_person(folder: Path) -> None:
    examples = rsna.read(folder / "images", folder / "labels.csv")
    classes = [own.image_class for own in examples]
    assert classes == [ImageClass.NO_OPACITY, ImageClass.OPACITY, ImageClass.NO_OPACITY]
    assert [own.person for own in examples] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("height,Target", "tall,Target", "labels.csv, line 1: the column 'height' is missing"),
        ("c,,,,,0", "c,,,,,0\nb,264.0,152.0,213.0,379.0,1", "labels.csv, line 6: repeats .*labels.csv, line 3"),
        ("c,,,,,0", "c,1,2,3,4,0", "line 5: Target is 0 but there is a box"),
        ("c,,,,,0", "c,1,2,x,4,1", "line 5: Target is 1 but the box is not four numbers"),
        ("c,,,,,0", "c,1,2,0,4,1", "line 5: the box is 0 wide and 4 high"),
        ("c,,,,,0", "c,,,,,2", "line 5: the Target is '2', not 0 or 1"),
        ("c,,,,,0", "b,,,,,0", "line 5: b was negative or positive already in .*line 3"),
        ("c,,,,,0", "d,,,,,0", "line 5: there is no image named d below"),
        ("c,,,,,0", ",,,,,0", "line 5: the patientId is empty"),
    ],
)
def test_a_wrong_label_row_is_named_with_file_and_line(folder: Path, before: str, after: str, sentence: str) -> None:
    with pytest.raises(RsnaError, match=sentence):
        read(folder, labels=LABELS.replace(before, after))


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("c,Normal", "c,Fine", "classes.csv, line 5: unknown class 'Fine'"),
        ("c,Normal", "c,Lung Opacity", "c is 'Lung Opacity' but its Target says otherwise"),
        ("c,Normal", "b,Normal\nc,Normal", "classes.csv, line 5: b had another class before"),
        ("c,Normal", "", "there is no class of c"),
    ],
)
def test_a_wrong_class_row_is_named_with_file_and_line(folder: Path, before: str, after: str, sentence: str) -> None:
    with pytest.raises(RsnaError, match=sentence):
        read(folder, classes=CLASSES.replace(before, after))


def test_all_problems_are_counted_and_the_first_ones_named(folder: Path) -> None:
    rows = "".join(f"x{number},,,,,0\n" for number in range(30))
    with pytest.raises(RsnaError, match=r"60 problems:(.|\n)*and 50 more"):
        rsna.read(folder / "images", _write(folder, LABELS + rows + rows.replace("0\n", "5\n")), None)


def _write(folder: Path, text: str) -> Path:
    path = folder / "many.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_real_label_files_of_the_rsna_subset_are_read() -> None:
    labels = real_data.folder("labels")
    subset = labels / "rsna_subset"
    examples = rsna.read(
        real_data.folder("dicom"),
        subset / "stage_2_train_labels_subset.csv",
        subset / "stage_2_detailed_class_info_subset.csv",
        labels / "rsna" / "rsna_to_nih_mapping.csv",
    )
    assert len(examples) == 36
    assert len({own.person for own in examples}) == 15
    assert all(own.is_positive == (own.image_class is ImageClass.OPACITY) for own in examples)
