"""COCO object-detection JSON, in and out: ``bbox`` is x, y, width, height in pixels of the stored image.

An image without annotations is a reviewed negative in what this module writes.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxr_viewer.core.geometry import Box

OPACITY = "Lung Opacity"


class CocoError(Exception):
    """A file that is not COCO object detection; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class LabelledBox:
    """One annotation: its category's name and its box in native pixels."""

    category: str
    box: Box


@dataclass(frozen=True, slots=True)
class LabelledImage:
    """One image with its annotations; ``file_name`` is relative to the folder of the JSON file or of the images."""

    file_name: str
    rows: int
    columns: int
    boxes: tuple[LabelledBox, ...] = ()


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


def read(path: Path) -> tuple[LabelledImage, ...]:
    """Read images and their boxes in the order of the file; crowds (``iscrowd`` 1) are left out.

    Raises:
        CocoError: the file is missing, no JSON, or lacks what COCO demands.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise CocoError(f"{path} cannot be read as JSON: {error}.") from error
    try:
        return _images(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CocoError(f"{path} is not a COCO file of boxes ({error!r}).") from error


def _images(document: dict[str, Any]) -> tuple[LabelledImage, ...]:
    names = {int(category["id"]): str(category["name"]) for category in document["categories"]}
    boxes: dict[Any, list[LabelledBox]] = {image["id"]: [] for image in document["images"]}
    for annotation in document["annotations"]:
        if not annotation.get("iscrowd", 0):
            boxes[annotation["image_id"]].append(
                LabelledBox(names[int(annotation["category_id"])], _box(annotation["bbox"]))
            )
    return tuple(
        LabelledImage(str(image["file_name"]), int(image["height"]), int(image["width"]), tuple(boxes[image["id"]]))
        for image in document["images"]
    )


def _box(bbox: Sequence[float]) -> Box:
    x, y, width, height = (float(value) for value in bbox)
    if not all(map(math.isfinite, (x, y, width, height))) or width <= 0 or height <= 0:
        raise ValueError(f"bbox {bbox} has no area")
    return Box(x, y, x + width, y + height)
