"""COCO object-detection JSON, in and out: ``bbox`` is x, y, width, height in pixels of the stored image.

An image without annotations is a reviewed negative in what this module writes.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxr_viewer.core.geometry import Box
from cxr_viewer.core.interchange.problems import raise_if_any

OPACITY = "Lung Opacity"


class CocoError(Exception):
    """A file that is not COCO object detection; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class LabelledBox:
    """One annotation: its category's name, its box in native pixels, its identifier in the file it was read from."""

    category: str
    box: Box
    annotation_id: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class LabelledImage:
    """One image with its annotations.

    Attributes:
        file_name: relative to the folder of the JSON file or of the images.
        rows, columns: size in pixels.
        boxes: its annotations but crowds.
        crowds: number of annotations that stand for a group of things and have no box of one.
    """

    file_name: str
    rows: int
    columns: int
    boxes: tuple[LabelledBox, ...] = ()
    crowds: int = field(default=0, compare=False)


def write(
    path: Path, images: Sequence[LabelledImage], description: str, categories: Iterable[str] = (OPACITY,)
) -> None:
    """Write images and annotations; identifiers count from 1 in the order given.

    Corners are rounded to 1/1024 pixel: binary fractions, so that x + width is exact and reading gives the same box.

    Args:
        path: the JSON file.
        images: images, those without boxes included.
        description: what the file is and what it may be used for.
        categories: names that exist even when no box has them; others are added as they occur.
    """
    numbers = {name: number for number, name in enumerate(dict.fromkeys(categories), start=1)}
    annotations: list[dict[str, Any]] = []
    for image_number, image in enumerate(images, start=1):
        for each in image.boxes:
            category = numbers.setdefault(each.category, len(numbers) + 1)
            bbox = _bbox(each.box)
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": image_number,
                    "category_id": category,
                    "bbox": bbox,
                    "area": bbox[2] * bbox[3],
                    "iscrowd": 0,
                    "segmentation": [],
                }
            )
    document = {
        "info": {"description": description},
        "licenses": [],
        "images": [
            {"id": number, "file_name": image.file_name, "width": image.columns, "height": image.rows}
            for number, image in enumerate(images, start=1)
        ],
        "annotations": annotations,
        "categories": [{"id": n, "name": name, "supercategory": "finding"} for name, n in numbers.items()],
    }
    with path.open("w", encoding="utf-8", newline="\n") as file:
        json.dump(document, file, ensure_ascii=False, allow_nan=False, indent=1)
        file.write("\n")


def _bbox(box: Box) -> list[float]:
    x1, y1, x2, y2 = (round(value * 1024) / 1024 for value in (box.x1, box.y1, box.x2, box.y2))
    return [x1, y1, x2 - x1, y2 - y1]


@dataclass(frozen=True, slots=True)
class Coco:
    """What a file holds.

    Attributes:
        images: in the order of the file.
        categories: names of all categories, also of those that no annotation has.
    """

    images: tuple[LabelledImage, ...]
    categories: tuple[str, ...]


def read(path: Path) -> tuple[LabelledImage, ...]:
    """Read images and their boxes, as ``read_whole``."""
    return read_whole(path).images


def read_whole(path: Path) -> Coco:
    """Read images, their boxes and all categories in the order of the file; crowds (``iscrowd`` 1) are counted only.

    Raises:
        CocoError: the file is missing, no JSON, or lacks what COCO demands; or annotations mean nothing or repeat
            another, or images repeat a file name. The first ten are named by their identifiers.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise CocoError(f"{path} cannot be read as JSON: {error}.") from error
    problems: list[str] = []
    try:
        names = {category["id"]: str(category["name"]) for category in document["categories"]}
        annotations = _annotations(document, names, problems)
        images = _images(document, annotations, problems)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CocoError(f"{path} is not a COCO file of boxes ({error!r}).") from error
    raise_if_any(problems, f"{path} has", CocoError)
    return Coco(images, tuple(names.values()))


_Annotations = dict[Any, list[LabelledBox | None]]
"""Annotations by the identifier of their image; None for a crowd."""


def _annotations(document: dict[str, Any], names: dict[Any, str], problems: list[str]) -> _Annotations:
    found: _Annotations = {image["id"]: [] for image in document["images"]}
    seen: dict[tuple[object, ...], Any] = {}
    for annotation in document["annotations"]:
        identifier, image, category = annotation.get("id", "?"), annotation["image_id"], annotation["category_id"]
        try:
            if image not in found:
                raise ValueError(f"there is no image {image}")
            if category not in names:
                raise ValueError(f"there is no category {category}")
            if annotation.get("iscrowd", 0):
                found[image].append(None)
                continue
            box = _box(annotation["bbox"])
            first = seen.setdefault((image, category, box), identifier)
            if first != identifier:
                raise ValueError(f"repeats annotation {first}")
        except ValueError as error:
            problems.append(f"annotation {identifier}: {error}")
            continue
        found[image].append(LabelledBox(names[category], box, str(identifier)))
    return found


def _images(document: dict[str, Any], annotations: _Annotations, problems: list[str]) -> tuple[LabelledImage, ...]:
    images: dict[str, LabelledImage] = {}
    for image in document["images"]:
        name, own = str(image["file_name"]), annotations[image["id"]]
        if name in images:
            problems.append(f"image {image['id']}: {name} is there already")
        boxes = tuple(each for each in own if each is not None)
        images[name] = LabelledImage(name, int(image["height"]), int(image["width"]), boxes, own.count(None))
    if len(annotations) != len(document["images"]):
        problems.append("images: an identifier is there twice")
    return tuple(images.values())


def _box(bbox: Sequence[float]) -> Box:
    x, y, width, height = (float(value) for value in bbox)
    if not all(map(math.isfinite, (x, y, width, height))) or width <= 0 or height <= 0:
        raise ValueError(f"the bbox {bbox} has no area")
    return Box(x, y, x + width, y + height)
