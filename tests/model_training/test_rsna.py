"""Tests of the import of RSNA label files: exams, persons, consensus reads and images, on small and on real files."""

import json
from collections import Counter
from pathlib import Path

import pytest

from cxr_viewer.core.geometry import Box
from model_training import rsna
from model_training.example import ImageClass
from model_training.label_files import LabelFileError, Labelled
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
STAGE_1 = "patientId,x,y,width,height,Target\nb,264.0,152.0,213.0,379.0,1\nc,,,,,0\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images" / "deep").mkdir(parents=True)
    for name in ("a.dcm", "deep/b.dcm", "c.png", "b.png"):
        (tmp_path / "images" / name).touch()
    return tmp_path


def read(
    folder: Path,
    *,
    labels: str = LABELS,
    classes: str = CLASSES,
    mapping: str = MAPPING,
    stage1: str = "",
    leave_out_missing: bool = False,
) -> Labelled:
    files = {"labels.csv": labels, "classes.csv": classes, "mapping.csv": mapping, "stage1.csv": stage1}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return rsna.read(
        folder / "images",
        folder / "labels.csv",
        folder / "classes.csv" if classes else None,
        folder / "mapping.csv" if mapping else None,
        folder / "stage1.csv" if stage1 else None,
        leave_out_missing=leave_out_missing,
    )


def test_exams_become_examples_with_their_boxes_classes_and_persons(folder: Path) -> None:
    labelled = read(folder)
    first, second, third = labelled.examples
    assert [own.key for own in (first, second, third)] == ["a", "b", "c"]
    assert first.boxes == ()
    assert second.boxes == (Box(264, 152, 477, 531), Box(562, 152, 818, 605))
    classes = [own.image_class for own in (first, second, third)]
    assert classes == [ImageClass.NOT_NORMAL, ImageClass.OPACITY, ImageClass.NORMAL]
    assert [own.person for own in (first, second, third)] == ["nih-00000001", "nih-00000001", "nih-00000002"]
    assert second.path == folder / "images" / "deep" / "b.dcm"
    assert second.label_places[1].endswith("labels.csv, line 4")
    assert (labelled.warnings, labelled.unknown_persons) == ((), 0)
    assert labelled.left_out == (f"{folder / 'images' / 'b.png'}: no label takes it",)


def test_without_classes_and_mapping_a_negative_exam_is_just_that_and_every_exam_a_person(folder: Path) -> None:
    labelled = read(folder, classes="", mapping="")
    classes = [own.image_class for own in labelled.examples]
    assert classes == [ImageClass.NO_OPACITY, ImageClass.OPACITY, ImageClass.NO_OPACITY]
    assert [own.person for own in labelled.examples] == ["a", "b", "c"]
    assert labelled.unknown_persons == 3
    (warning,) = labelled.warnings
    assert "images of one person may fall into several folds" in warning
    phantoms = rsna.read(folder / "images", folder / "labels.csv", persons_are_exams=True)
    assert (phantoms.warnings, phantoms.unknown_persons) == ((), 0)


def test_exams_that_stage_1_lacks_were_read_by_consensus(folder: Path) -> None:
    assert [own.is_consensus for own in read(folder, stage1=STAGE_1).examples] == [True, False, False]
    assert not any(own.is_consensus for own in read(folder).examples)
    with pytest.raises(LabelFileError, match=r"stage1\.csv has none of the exams"):
        read(folder, stage1="patientId,x,y,width,height,Target\nz,,,,,0\n")


def test_exams_without_a_person_are_counted_with_the_reason(folder: Path) -> None:
    mapping = MAPPING.replace("a,00000001_000.png,1.0,x\n", "").replace(
        "c,00000002_000.png,1.0", "c,00000002_000.png,80"
    )
    labelled = read(folder, mapping=mapping)
    assert [own.person for own in labelled.examples] == ["a", "nih-00000001", "c"]
    absent, doubtful = labelled.warnings
    assert "1 exams are not in" in absent
    assert "(a)" in absent
    assert "for 1 exams" in doubtful
    assert "names an image that differs from theirs (c)" in doubtful
    assert labelled.unknown_persons == 2


def test_the_official_mapping_gives_persons_and_uids_and_finds_files_named_by_uid(folder: Path) -> None:
    (folder / "images" / "a.dcm").rename(folder / "images" / "1.2.826.7.dcm")
    exams = {"a": ("00000001_000.png", "7"), "b": ("00000001_003.png", "8"), "c": ("00000002_000.png", "9")}
    entries = [
        {
            "subset_img_id": exam,
            "img_id": image,
            "StudyInstanceUID": f"1.2.840.{number}",
            "SeriesInstanceUID": "1.2.3",
            "SOPInstanceUID": f"1.2.826.{number}",
            "orig_labels": ["No Finding"],
        }
        for exam, (image, number) in exams.items()
    ]
    (folder / "official.json").write_text(json.dumps(entries), encoding="utf-8")
    (folder / "labels.csv").write_text(LABELS, encoding="utf-8")
    labelled = rsna.read(folder / "images", folder / "labels.csv", mapping=folder / "official.json")
    first, second, _ = labelled.examples
    assert first.path.name == "1.2.826.7.dcm"
    assert (first.person, first.sop_instance_uid, first.study_instance_uid) == (
        "nih-00000001",
        "1.2.826.7",
        "1.2.840.7",
    )
    assert second.person == first.person
    assert labelled.warnings == ()


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("height,Target", "tall,Target", r"labels\.csv, line 1: the column 'height' is missing"),
        ("c,,,,,0", "c,,,,,0\nb,264.0,152.0,213.0,379.0,1", r"labels\.csv, line 6: repeats .*labels\.csv, line 3"),
        ("c,,,,,0", "b,,,,,0", "line 5: b was negative or positive already in .*line 3"),
        ("c,,,,,0", "d,,,,,0", r"classes\.csv: there is no class of d \(.*labels\.csv, line 5\)"),
    ],
)
def test_a_wrong_label_row_is_named_with_file_and_line(folder: Path, before: str, after: str, sentence: str) -> None:
    with pytest.raises(LabelFileError, match=sentence):
        read(folder, labels=LABELS.replace(before, after))


def test_missing_images_are_counted_and_the_first_ones_named_or_left_out_by_name(folder: Path) -> None:
    labels = LABELS + "".join(f"x{number},,,,,0\n" for number in range(30))
    with pytest.raises(LabelFileError, match=r"30 problems:\n.*line 6: there is no image named x0 (.|\n)*and 20 more"):
        read(folder, labels=labels, classes="")
    labelled = read(folder, labels=labels, classes="", leave_out_missing=True)
    assert len(labelled.examples) == 3
    assert len([sentence for sentence in labelled.left_out if "there is no image named" in sentence]) == 30


def test_two_images_of_one_name_are_a_question_for_the_user(folder: Path) -> None:
    (folder / "images" / "deep" / "a.dcm").touch()
    with pytest.raises(LabelFileError, match=r"labels\.csv, line 2: of a several images have the name: .*deep/a\.dcm"):
        read(folder, leave_out_missing=True)


def test_classes_of_exams_that_the_labels_lack_are_told(folder: Path) -> None:
    (warning,) = read(folder, classes=CLASSES + "z,Normal\n").warnings
    assert "has 1 exams that the labels lack (z)" in warning


def test_the_real_label_files_have_their_known_counts() -> None:
    labels = real_data.folder("labels/rsna")
    exams = rsna.read_exams(
        labels / "stage_2_train_labels.csv",
        labels / "stage_2_detailed_class_info.csv",
        labels / "rsna_to_nih_mapping.csv",
        labels / "stage_1_train_labels.csv",
    )
    assert len(exams) == 26_684
    assert sum(len(exam.labels.boxes) for exam in exams) == 9_555
    assert Counter(exam.image_class for exam in exams) == {
        ImageClass.NORMAL: 8_851,
        ImageClass.NOT_NORMAL: 11_821,
        ImageClass.OPACITY: 6_012,
    }
    consensus = [exam for exam in exams if exam.is_consensus]
    assert (len(consensus), sum(len(exam.labels.boxes) for exam in consensus)) == (1_000, 9_555 - 8_964)
    unknown = [exam for exam in exams if exam.mapped is None or not exam.mapped.person]
    assert len(unknown) == 98
    assert len({exam.person for exam in exams}) == 11_410 + 98


def test_the_real_label_files_of_the_rsna_subset_are_read() -> None:
    labels = real_data.folder("labels")
    subset = labels / "rsna_subset"
    labelled = rsna.read(
        real_data.folder("dicom"),
        subset / "stage_2_train_labels_subset.csv",
        subset / "stage_2_detailed_class_info_subset.csv",
        labels / "rsna" / "rsna_to_nih_mapping.csv",
    )
    assert len(labelled.examples) == 36
    assert len({own.person for own in labelled.examples}) == 15
    assert all(own.is_positive == (own.image_class is ImageClass.OPACITY) for own in labelled.examples)
    assert labelled.unknown_persons == 0
