"""COCO JSON survives the round trip, and real files are read as a plain reading of their JSON gives them."""

import json
from pathlib import Path

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
    st.lists(st.builds(LabelledBox, _text, _box), max_size=4).map(tuple),
)


@given(images=st.lists(_image, max_size=5))
def test_images_and_boxes_survive_the_round_trip(
    images: list[LabelledImage], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("coco") / "coco.json"
    coco.write(path, images, "a test")
    assert coco.read(path) == tuple(images)


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
