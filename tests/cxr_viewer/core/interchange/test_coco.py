"""COCO JSON survives the round trip, and real files are read as a plain reading of their JSON gives them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_viewer.core.geometry import Box
from cxr_viewer.core.interchange import coco, rsna_csv
from cxr_viewer.core.interchange.coco import CocoError, LabelledBox, LabelledImage
from tests import real_data

_corner = st.floats(0, 5000, width=32)
_side = st.floats(0.015625, 5000, width=32)
_box = st.builds(lambda x, y, w, h: rsna_csv.on_grid(Box(x, y, x + w, y + h)), _corner, _corner, _side, _side)
_text = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
_image = st.builds(
    LabelledImage,
    _text,
    st.integers(1, 9000),
    st.integers(1, 9000),
    st.lists(st.builds(LabelledBox, _text, _box), max_size=4, unique=True).map(tuple),
)


@given(images=st.lists(_image, max_size=5, unique_by=lambda image: image.file_name))
def test_images_and_boxes_survive_the_round_trip(
    images: list[LabelledImage], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("coco") / "coco.json"
    coco.write(path, images, "a test")
    assert coco.read(path) == tuple(images)
    assert {box.category for image in images for box in image.boxes} <= set(coco.read_whole(path).categories)


def test_identifiers_are_unique_and_point_at_what_exists(tmp_path: Path) -> None:
    boxes = (LabelledBox("Lung Opacity", Box(1, 2, 4, 8)), LabelledBox("Nodule", Box(0, 0, 2, 2)))
    path = tmp_path / "coco.json"
    coco.write(path, [LabelledImage("a.dcm", 10, 20, boxes), LabelledImage("b.dcm", 10, 20)], "research use")
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["info"]["description"] == "research use"
    assert [image["id"] for image in document["images"]] == [1, 2]
    assert [(a["id"], a["image_id"], a["category_id"]) for a in document["annotations"]] == [(1, 1, 1), (2, 1, 2)]
    assert [(c["id"], c["name"]) for c in document["categories"]] == [(1, "Lung Opacity"), (2, "Nodule")]
    assert document["annotations"][0]["bbox"] == [1, 2, 3, 6]
    assert document["annotations"][0]["area"] == 18


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        '{"images": []}',
        '{"images": [], "categories": [], "annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1]}]}',
        '{"images": [{"id": 1, "file_name": "a", "width": 5, "height": 5}], "categories": [{"id": 1, "name": "b"}],'
        ' "annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 0, 1]}]}',
    ],
)
def test_what_is_no_coco_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "coco.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CocoError, match=r"coco\.json"):
        coco.read(path)


DOCUMENT: dict[str, list[dict[str, Any]]] = {
    "images": [
        {"id": 5, "file_name": "a.png", "width": 50, "height": 40},
        {"id": 6, "file_name": "b.png", "width": 50, "height": 40},
    ],
    "categories": [{"id": 1, "name": "Lung Opacity"}],
    "annotations": [{"id": 7, "image_id": 5, "category_id": 1, "bbox": [0, 0, 10, 10]}],
}


@pytest.mark.parametrize(
    ("kind", "entry", "sentence"),
    [
        ("annotations", {"bbox": [0, 0, -3, 4]}, r"annotation 8: the bbox \[0, 0, -3, 4\] has no area"),
        ("annotations", {"bbox": [0, float("nan"), 3, 4]}, "annotation 8: .* has no area"),
        ("annotations", {"bbox": [0, 0, 3]}, "annotation 8: not enough values"),
        ("annotations", {"image_id": 9}, "annotation 8: there is no image 9"),
        ("annotations", {"category_id": 2}, "annotation 8: there is no category 2"),
        ("annotations", {"bbox": [0, 0, 10, 10]}, "annotation 8: repeats annotation 7"),
        ("images", {"id": 8, "file_name": "a.png", "width": 1, "height": 1}, r"image 8: a\.png is there already"),
        ("images", {"id": 5, "file_name": "c.png", "width": 1, "height": 1}, "an identifier is there twice"),
    ],
)
def test_a_wrong_entry_is_named_by_its_identifier(
    tmp_path: Path, kind: str, entry: dict[str, Any], sentence: str
) -> None:
    plain = {"id": 8, "image_id": 5, "category_id": 1, "bbox": [1, 1, 5, 5]} if kind == "annotations" else {}
    path = tmp_path / "coco.json"
    path.write_text(json.dumps(DOCUMENT | {kind: [*DOCUMENT[kind], plain | entry]}), encoding="utf-8")
    with pytest.raises(CocoError, match=sentence):
        coco.read(path)


def test_crowds_are_counted_and_boxes_know_their_annotation(tmp_path: Path) -> None:
    crowd = {"id": 8, "image_id": 6, "category_id": 1, "bbox": [1, 1, 5, 5], "iscrowd": 1}
    path = tmp_path / "coco.json"
    path.write_text(json.dumps(DOCUMENT | {"annotations": [*DOCUMENT["annotations"], crowd]}), encoding="utf-8")
    first, second = coco.read(path)
    assert [box.annotation_id for box in first.boxes] == ["7"]
    assert (second.boxes, second.crowds) == ((), 1)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CocoError, match="cannot be read"):
        coco.read(tmp_path / "none.json")


@pytest.mark.parametrize(
    "name",
    ["covid-chestxray-ccby/annotations_coco_subset.json", "torchxrayvision/tbx11k/annotations/json/TBX11K_train.json"],
)
def test_real_file_is_read_whole(name: str) -> None:
    path = real_data.folder("labels") / name
    document = json.loads(path.read_text(encoding="utf-8"))
    images = coco.read(path)
    assert [image.file_name for image in images] == [image["file_name"] for image in document["images"]]
    expected = sum(1 for annotation in document["annotations"] if not annotation.get("iscrowd"))
    assert sum(len(image.boxes) for image in images) == expected > 0
