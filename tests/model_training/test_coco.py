"""Tests of the import of COCO files: categories that count, persons, sizes; on small files and a real one."""

import json
from pathlib import Path
from typing import Any

import pytest

from cxr_viewer.core.geometry import Box
from model_training import coco
from model_training.example import ImageClass
from model_training.label_files import LabelFileError
from tests import real_data


def document() -> dict[str, list[dict[str, Any]]]:
    names = ("deep/a.png", "b.png", "c.png")
    return {
        "images": [{"id": n, "file_name": name, "width": 50, "height": 40} for n, name in enumerate(names)],
        "categories": [{"id": 1, "name": "Lung Opacity"}, {"id": 2, "name": "Nodule"}],
        "annotations": [
            {"id": 11, "image_id": 0, "category_id": 1, "bbox": [1, 2, 10, 20]},
            {"id": 12, "image_id": 0, "category_id": 2, "bbox": [5, 5, 3, 3]},
            {"id": 13, "image_id": 1, "category_id": 2, "bbox": [5, 5, 3, 3]},
        ],
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images" / "deep").mkdir(parents=True)
    for name in ("deep/a.png", "b.png", "deep/c.png", "other.png"):
        (tmp_path / "images" / name).touch()
    (tmp_path / "coco.json").write_text(json.dumps(document()), encoding="utf-8")
    return tmp_path


def test_boxes_of_the_categories_are_positive_and_the_rest_negative(folder: Path) -> None:
    labelled = coco.read(folder / "images", folder / "coco.json")
    a, b, c = labelled.examples
    assert (a.key, a.boxes, a.image_class) == ("deep/a.png", (Box(1, 2, 11, 22),), ImageClass.OPACITY)
    assert a.label_places == (f"{folder / 'coco.json'}, annotation 11",)
    assert a.stated_size == (40, 50)
    assert [own.image_class for own in (b, c)] == [ImageClass.NO_OPACITY] * 2
    assert c.path == folder / "images" / "deep" / "c.png"
    assert labelled.left_out == (f"{folder / 'images' / 'other.png'}: no label takes it",)


def test_several_categories_may_count_and_an_unknown_one_is_refused(folder: Path) -> None:
    labelled = coco.read(folder / "images", folder / "coco.json", ["Lung Opacity", "Nodule"])
    assert [len(own.boxes) for own in labelled.examples] == [2, 1, 0]
    with pytest.raises(LabelFileError, match="has no category Pneumonia; it has Lung Opacity, Nodule"):
        coco.read(folder / "images", folder / "coco.json", ["Pneumonia"])


def test_persons_come_from_a_file_and_their_absence_is_told(folder: Path) -> None:
    labelled = coco.read(folder / "images", folder / "coco.json")
    assert labelled.unknown_persons == 3
    assert "images of one person may fall into several folds" in labelled.warnings[0]
    persons = folder / "persons.csv"
    persons.write_text("file_name,person\ndeep/a.png,p1\nb.png,p1\n", encoding="utf-8")
    labelled = coco.read(folder / "images", folder / "coco.json", persons=persons)
    assert [own.person for own in labelled.examples] == ["p1", "p1", "c.png"]
    assert labelled.unknown_persons == 1
    assert "1 images are not in" in labelled.warnings[0]
    persons.write_text("file_name,person\nb.png,\nc.png,p1\nc.png,p2\n", encoding="utf-8")
    with pytest.raises(LabelFileError, match=r"line 2: the person is empty\n.*line 4: c\.png belonged to another"):
        coco.read(folder / "images", folder / "coco.json", persons=persons)


def test_images_without_annotations_can_be_left_out_and_crowds_always_are(folder: Path) -> None:
    labelled = coco.read(folder / "images", folder / "coco.json", leave_out_unannotated=True)
    assert [own.key for own in labelled.examples] == ["deep/a.png", "b.png"]
    assert any("image c.png: it has no annotation" in sentence for sentence in labelled.left_out)
    crowded = document()
    crowded["annotations"][0]["iscrowd"] = 1
    (folder / "coco.json").write_text(json.dumps(crowded), encoding="utf-8")
    labelled = coco.read(folder / "images", folder / "coco.json")
    assert [own.key for own in labelled.examples] == ["b.png", "c.png"]
    assert any("image deep/a.png: 1 of its annotations are crowds" in sentence for sentence in labelled.left_out)


def test_missing_images_and_files_that_are_no_coco_are_refused(folder: Path) -> None:
    (folder / "images" / "b.png").unlink()
    with pytest.raises(LabelFileError, match=r"coco\.json, image b\.png: there is no image of that name"):
        coco.read(folder / "images", folder / "coco.json")
    labelled = coco.read(folder / "images", folder / "coco.json", leave_out_missing=True)
    assert [own.key for own in labelled.examples] == ["deep/a.png", "c.png"]
    (folder / "coco.json").write_text("[]", encoding="utf-8")
    with pytest.raises(LabelFileError, match=r"coco\.json is not a COCO file"):
        coco.read(folder / "images", folder / "coco.json")


def test_a_real_file_is_read_with_the_images_that_are_here() -> None:
    annotations = real_data.folder("labels/covid-chestxray-ccby") / "annotations_coco_subset.json"
    labelled = coco.read(
        real_data.folder("images/covid-chestxray-ccby"),
        annotations,
        ["Right Lung", "Left Lung"],
        leave_out_missing=True,
    )
    missing = [sentence for sentence in labelled.left_out if "there is no image" in sentence]
    assert len(labelled.examples) + len(missing) == 42
    assert len(labelled.examples) >= 20
    assert all(len(own.boxes) == 2 for own in labelled.examples)
